/// The commonest words of languages with Latin letters, without those that several of them share.
enum CommonWords {
    private static let lists = [
        "en":
            "the and is was are were of with this that have has for not you they but from would there been what my i to do me so no on we as an or be by at all men van ale hay pour plus most it us he her",
        "de": "der das und ist nicht ich ein eine mit auf sich auch dem den wird sehr aber von zu für wir sind nach",
        "fr": "le les et est une pas que dans pour qui avec sur vous nous mais très je ce cette sont aux été plus",
        "es": "el los y es una que por con para las pero muy como más este esta del lo mi fue hay está",
        "it": "il gli è che di per non con una sono della molto questo anche ma più nel alla mi stato ho dei",
        "pt": "os é não uma com para muito mas mais foi meu minha você isso está são pelo ao também isto na das",
        "nl": "het een en van niet dat ik voor met zijn maar ook naar deze heel bij wordt hebben geen aan uit",
        "sv": "och är att det som inte jag på för med av men mycket från har var denna vi till mig så",
        "da": "og er at det ikke jeg på til med af men meget fra har var denne vi mig så også blev",
        "pl": "i jest nie się na że z do to jak ale był bardzo dla po tym od przez czy tak mnie",
        "tr": "ve bir bu için çok ama ile da gibi daha değil ben var olarak ne kadar sonra hiç",
        "id": "yang dan di ini itu dengan untuk tidak saya dari ada akan pada sangat juga tapi sudah ke",
    ]

    /// Languages by word; a word of two languages is no evidence for either.
    private static let languages: [String: String] = {
        var languages: [String: String] = [:]
        var shared: Set<String> = []
        for (language, list) in lists {
            for word in list.split(separator: " ").map({ normalizedText(String($0)) }) {
                if languages.updateValue(language, forKey: word) != nil { shared.insert(word) }
            }
        }
        return languages.filter { !shared.contains($0.key) }
    }()

    /// How many words of a text are common ones of each language.
    static func hits(in text: String) -> [String: Int] {
        var hits: [String: Int] = [:]
        for word in normalizedText(text).split(separator: " ") {
            if let language = languages[String(word)] { hits[language, default: 0] += 1 }
        }
        return hits
    }
}
