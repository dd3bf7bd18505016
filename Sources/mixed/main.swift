print("mixed")
