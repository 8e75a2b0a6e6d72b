using System.Globalization;
using System.Numerics;

namespace AiFunctions.FilterEvaluation.Corpus;

/// <summary>Makes well-formed items of every category with a span. All are made up: random figures with right check digits.</summary>
/// <param name="random">The source of chance.</param>
public sealed class ItemGenerator(Random random)
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Digits = "0123456789";
    private const string Alphanumeric = Upper + Lower + Digits;

    private static readonly string[] Names = ["anna", "ben", "carla", "dmitri", "ellen", "farid", "grace", "hugo", "ines", "jonas", "kofi", "lena"];
    private static readonly string[] Surnames = ["meyer", "okafor", "rossi", "silva", "tanaka", "ulrich", "varga", "weber", "xu", "young", "o'neil"];
    private static readonly string[] Domains = ["example.com", "mail.example.org", "uni-musterstadt.de", "contoso.co.uk", "fabrikam.io", "post.example.fr", "northwind.travel"];
    private static readonly string[] Hosts = ["db01", "cache-3", "ldap", "build-agent", "vault", "mail2", "orders"];

    private static readonly (string Country, string Form)[] IbanForms =
        [
            ("DE", "999999999999999999"), ("GB", "AAAA99999999999999"), ("FR", "9999999999AAAAAAAAAAA99"), ("NL", "AAAA9999999999"),
            ("ES", "99999999999999999999"), ("CH", "99999999999999999"), ("IT", "A9999999999999999999999"),
            ("PL", "999999999999999999999999"), ("NO", "99999999999"),
        ];

    /// <summary>The categories that it makes items of.</summary>
    public static IReadOnlyList<string> Categories { get; } = ["email", "phone", "ssn", "credit_card", "iban", "ip_address", "secret", "internal"];

    /// <summary>Makes an item of a category.</summary>
    public PlantedItem Next(string category) => category switch
    {
        "email" => new(category, "", Email()),
        "phone" => Phone(),
        "ssn" => Ssn(),
        "credit_card" => new(category, "", Card()),
        "iban" => new(category, "", Iban()),
        "ip_address" => new(category, "", random.Next(3) == 0 ? IPv6() : PublicIPv4()),
        "secret" => Secret(),
        _ => Internal(),
    };

    private T Pick<T>(params T[] values) => values[random.Next(values.Length)];

    private string Some(string characters, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => characters[random.Next(characters.Length)]));

    private string Number(int least, int most) => random.Next(least, most + 1).ToString(CultureInfo.InvariantCulture);

    // Of letters and figures, with at least one figure.
    private string Key(int length) => Some(Alphanumeric, length - 2) + Some(Digits, 1) + Some(Lower, 1);

    private string Email()
    {
        var local = random.Next(5) switch
        {
            0 => Pick(Names),
            1 => $"{Pick(Names)}.{Pick(Surnames)}",
            2 => $"{Pick(Names)}_{Number(1, 999)}",
            3 => $"{Pick(Names)[0]}{Pick(Surnames)}+{Some(Lower, 4)}",
            _ => $"{Pick(Names)}-{Pick(Surnames)}".ToUpperInvariant(),
        };
        return $"{local}@{Pick(Domains)}";
    }

    private PlantedItem Phone()
    {
        var area = Some("23456789", 1) + Some(Digits, 2);
        var exchange = Some("23456789", 1) + Some(Digits, 2);
        var line = Some(Digits, 4);
        return random.Next(10) switch
        {
            0 => new("phone", "", $"({area}) {exchange}-{line}"),
            1 => new("phone", "", $"{area}-{exchange}-{line}"),
            2 => new("phone", "", $"{area}.{exchange}.{line}"),
            3 => new("phone", "", $"+1 {area} {exchange} {line}"),
            4 => new("phone", "", $"1-{area}-{exchange}-{line}"),
            5 => new("phone", "", $"+44 20 7{Some(Digits, 3)} {line}"),
            6 => new("phone", "", $"+49 30 {Some(Digits, 4)} {Some(Digits, 4)}"),
            7 => new("phone", "", $"+33 6 {Some(Digits, 2)} {Some(Digits, 2)} {Some(Digits, 2)} {Some(Digits, 2)}"),
            8 => new("phone", "", $"020 7{Some(Digits, 3)} {line}"),
            _ => new("phone", Pick("phone: ", "Tel: ", "call ", "my mobile is "), area + exchange + line),
        };
    }

    private PlantedItem Ssn()
    {
        int area;
        do
        {
            area = random.Next(1, 900);
        }
        while (area == 666);

        var parts =
            (
                Area: area.ToString("000", CultureInfo.InvariantCulture),
                Group: random.Next(1, 100).ToString("00", CultureInfo.InvariantCulture),
                Serial: random.Next(1, 10_000).ToString("0000", CultureInfo.InvariantCulture));
        return random.Next(4) == 0
            ? new("ssn", Pick("SSN: ", "social security number "), parts.Area + parts.Group + parts.Serial)
            : new("ssn", "", string.Join(Pick("-", "-", " "), parts.Area, parts.Group, parts.Serial));
    }

    private string Card()
    {
        var (prefix, length) = Pick(("4", 16), ("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("37", 15), ("34", 15), ("6011", 16), ("65", 16), ("3530", 16), ("36", 14));
        var digits = prefix + Some(Digits, length - prefix.Length - 1);
        var sum = digits.Reverse().Select((c, i) => (c - '0') * (i % 2 == 0 ? 2 : 1)).Sum(value => value > 9 ? value - 9 : value);
        digits += ((10 - (sum % 10)) % 10).ToString(CultureInfo.InvariantCulture);
        var separator = Pick("", " ", "-");
        return length == 16
            ? string.Join(separator, digits[..4], digits[4..8], digits[8..12], digits[12..])
            : string.Join(separator, digits[..4], digits[4..10], digits[10..]);
    }

    private string Iban()
    {
        var (country, form) = Pick(IbanForms);
        var account = string.Concat(form.Select(c => Some(c == '9' ? Digits : Upper, 1)));
        var number = string.Concat($"{account}{country}00".Select(c => char.IsAsciiDigit(c) ? c.ToString() : (c - 'A' + 10).ToString(CultureInfo.InvariantCulture)));
        var check = 98 - (int)(BigInteger.Parse(number, CultureInfo.InvariantCulture) % 97);
        var iban = $"{country}{check:00}{account}";
        return random.Next(2) == 0 ? iban : string.Join(' ', iban.Chunk(4).Select(each => new string(each)));
    }

    private string PublicIPv4()
    {
        int first;
        do
        {
            first = random.Next(11, 224);
        }
        while (first is 100 or 127 or 169 or 172 or 192);

        return $"{first}.{Number(31, 255)}.{Number(0, 255)}.{Number(0, 255)}";
    }

    private string IPv6()
    {
        string Group() => random.Next(1, 0x10000).ToString("x", CultureInfo.InvariantCulture);
        return random.Next(2) == 0 ? $"2001:db8:{Group()}::{Group()}:{Group()}" : string.Join(':', Enumerable.Range(0, 7).Select(_ => Group()).Prepend("2a02"));
    }

    private PlantedItem Secret() => random.Next(20) switch
    {
        0 => new("secret", "", "sk-proj-" + Key(40)),
        1 => new("secret", "", "sk-ant-api03-" + Key(60)),
        2 => new("secret", "", Pick("AKIA", "ASIA") + Some(Upper + Digits, 16)),
        3 => new("secret", "aws_secret_access_key = ", Key(40)),
        4 => new("secret", "AccountName=x;AccountKey=", Key(86) + "=="),
        5 => new("secret", "https://x.blob.core.windows.net/c?sv=2024-11-04&sr=c&sig=", Key(43) + "%3D"),
        6 => new("secret", "", Pick("ghp_", "gho_", "ghs_") + Key(36)),
        7 => new("secret", "", "glpat-" + Key(20)),
        8 => new("secret", "", $"xoxb-{Some(Digits, 12)}-{Some(Digits, 12)}-{Key(24)}"),
        9 => new("secret", "", Pick("sk_live_", "rk_live_") + Key(24)),
        10 => new("secret", "", "AIza" + Key(35)),
        11 => new("secret", "", "hf_" + Key(34)),
        12 => new("secret", "", "npm_" + Key(36)),
        13 => new("secret", "", "SK" + Some("0123456789abcdef", 32)),
        14 => new("secret", "", $"SG.{Key(22)}.{Key(43)}"),
        15 => new("secret", "", $"eyJ{Key(30)}.eyJ{Key(50)}.{Key(43)}"),
        16 => new("secret", "postgresql://", "app:" + Key(14), "@db.example.com/shop"),
        17 => new("secret", "Server=db;Database=shop;User Id=app;Password=", Key(12)),
        18 => new("secret", "Authorization: Bearer ", Key(40)),
        _ => new("secret", "", $"aif_{Some(Lower + Digits, 20)}_{Key(49)}"),
    };

    private PlantedItem Internal() => random.Next(8) switch
    {
        0 => new("internal", "", $"10.{Number(0, 255)}.{Number(0, 255)}.{Number(1, 254)}"),
        1 => new("internal", "", $"192.168.{Number(0, 255)}.{Number(1, 254)}"),
        2 => new("internal", "", $"172.{Number(16, 31)}.{Number(0, 255)}.{Number(1, 254)}"),
        3 => new("internal", "", $"{Pick(Hosts)}.{Pick("prod.", "")}{Pick("internal", "corp", "lan", "local", "svc.cluster.local")}"),
        4 => new("internal", "", $"/home/{Pick(Names)}/{Some(Lower, 6)}/{Some(Lower, 4)}.yml"),
        5 => new("internal", "", $"/var/www/{Some(Lower, 8)}/config.php"),
        6 => new("internal", "", $"C:\\Users\\{Pick(Names)}\\{Some(Lower, 6)}.txt"),
        _ => new(
            "internal", "\n   ",
            $"at Shop.{Pick(Hosts).Replace("-", "", StringComparison.Ordinal)}.{Some(Lower, 6)}(String id) in "
                + $"/src/{Some(Lower, 5)}.cs:line {Number(1, 999)}"),
    };
}
