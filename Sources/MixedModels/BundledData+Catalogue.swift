// What each bundled data set is and where it is from.

extension BundledData {
    /// The data sets, in alphabetical order.
    public static let dataSets: [BundledDataSet] = [
        BundledDataSet(
            name: "cake",
            summary:
                "The breaking angle of chocolate cakes of three recipes baked at six temperatures; each batch (recipe and replicate) was split over the temperatures.",
            source:
                "Cook (1938), in Cochran & Cox (1957), Experimental Designs, page 300; from the R package lme4, GPL (>= 2).",
            formula: "angle ~ recipe * temp + (1 | recipe:replicate)", file: "cake.csv"),
        BundledDataSet(
            name: "cbpp",
            summary:
                "New cases of contagious bovine pleuropneumonia in 15 herds of zebu cattle in Ethiopia, over four periods.",
            source:
                "Lesnoff et al. (2004), Preventive Veterinary Medicine 64, 27-40; from the R package lme4, GPL (>= 2).",
            formula: "incidence / size ~ factor(period) + (1 | herd)", file: "cbpp.csv"),
        BundledDataSet(
            name: "dyestuff",
            summary: "The yield of dyestuff from five preparations of each of six batches of an intermediate product.",
            source:
                "Davies & Goldsmith (1972), Statistical Methods in Research and Production, section 6.4; from the R package lme4, GPL (>= 2).",
            formula: "Yield ~ 1 + (1 | Batch)", file: "dyestuff.csv"),
        BundledDataSet(
            name: "dyestuff2",
            summary:
                "Simulated yields like those of dyestuff, with so little variation between batches that it is estimated to be zero.",
            source:
                "Box & Tiao (1973), Bayesian Inference in Statistical Analysis, section 5.1.2; from the R package lme4, GPL (>= 2).",
            formula: "Yield ~ 1 + (1 | Batch)", file: "dyestuff2.csv"),
        BundledDataSet(
            name: "ham",
            summary:
                "How much 81 consumers liked four hams, each tasted with right and with wrong information about where it was made.",
            source:
                "Næs et al. (2010), Food Quality and Preference 10, 368-378; from the R package lmerTest, GPL (>= 2).",
            formula: "Informed.liking ~ factor(Product) * factor(Information) + (1 | Consumer)", file: "ham.csv"),
        BundledDataSet(
            name: "insteval",
            summary:
                "73,421 ratings of lecturers (d) by students (s) of ETH Zurich, from 1 (poor) to 5 (very good): factors that are large and partly crossed.",
            source: "ETH Zurich, made anonymous; from the R package lme4, GPL (>= 2).",
            formula: "y ~ service + (1 | s) + (1 | d) + (1 | dept)", file: "insteval.csv.gz"),
        BundledDataSet(
            name: "oats",
            summary:
                "The yield of three varieties of oats at four levels of nitrogen: plots of a variety within blocks were split over the levels.",
            source: "Yates (1935), in Pinheiro & Bates (2000), appendix A.15; from the R package nlme, GPL (>= 2).",
            formula: "yield ~ nitro + Variety + (1 | Block/Variety)", file: "oats.csv"),
        BundledDataSet(
            name: "orthodont",
            summary:
                "The distance from the pituitary to a fissure of the jaw of 27 children, measured at the ages of 8, 10, 12 and 14.",
            source: "Potthoff & Roy (1964), Biometrika 51, 313-326; from the R package nlme, GPL (>= 2).",
            formula: "distance ~ age * Sex + (1 + age | Subject)", file: "orthodont.csv"),
        BundledDataSet(
            name: "penicillin",
            summary:
                "The diameter of the zone that six samples of penicillin kept free of bacteria on each of 24 plates: two crossed factors.",
            source:
                "Davies & Goldsmith (1972), Statistical Methods in Research and Production, section 6.6; from the R package lme4, GPL (>= 2).",
            formula: "diameter ~ 1 + (1 | plate) + (1 | sample)", file: "penicillin.csv"),
        BundledDataSet(
            name: "salamanders",
            summary:
                "Counts of salamanders of seven species at 23 streams, some of them below mines, each visited four times.",
            source: "Price et al. (2016), Journal of Applied Ecology 53, 459-468; from the R package glmmTMB, AGPL-3.",
            formula: "log1p(count) ~ spp * mined + (1 | site)", file: "salamanders.csv"),
        BundledDataSet(
            name: "sleepstudy",
            summary:
                "The reaction times of 18 people in milliseconds, on ten days with three hours of sleep a night or less.",
            source: "Belenky et al. (2003), Journal of Sleep Research 12, 1-12; from the R package lme4, GPL (>= 2).",
            formula: "Reaction ~ Days + (1 + Days | Subject)", file: "sleepstudy.csv"),
        BundledDataSet(
            name: "sleepstudy_pooling",
            summary:
                "The sleep study with two made-up people who have one and two measurements: what a mixed model says of people it hardly knows.",
            source:
                "Belenky et al. (2003), Journal of Sleep Research 12, 1-12, with three rows added; from the R package lme4, GPL (>= 2).",
            formula: "Reaction ~ Days + (1 + Days | Subject)", file: "sleepstudy_pooling.csv"),
        BundledDataSet(
            name: "verbagg",
            summary:
                "How 316 people answered 24 questions on verbal aggression: what they would want to do or would do in four situations.",
            source:
                "De Boeck & Wilson (2004), Explanatory Item Response Models, Springer; from the R package lme4, GPL (>= 2).",
            formula: "r01 ~ Anger + Gender + mode + (1 | id) + (1 | item)", file: "verbagg.csv.gz"),
    ]
}
