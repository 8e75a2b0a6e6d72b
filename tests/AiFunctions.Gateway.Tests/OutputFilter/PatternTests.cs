using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.Tests.OutputFilter;

public class PatternTests
{
    [Theory]
    [InlineData("Write to jane.doe+news@mail.example.co.uk.", "Write to [REDACTED_EMAIL].")]
    [InlineData("<a href=\"mailto:joe@example.com\">", "<a href=\"mailto:[REDACTED_EMAIL]\">")]
    [InlineData("joe&#64;example&period;com", "[REDACTED_EMAIL]")]
    [InlineData("joe&commat;example.com", "[REDACTED_EMAIL]")]
    [InlineData("joe\\u0040example.com", "[REDACTED_EMAIL]")]
    [InlineData("?to=joe%40example.com&x=1", "?to=[REDACTED_EMAIL]&x=1")]
    [InlineData("j\u200Bo\u200Be@exa\u00ADmple.com!", "[REDACTED_EMAIL]!")]
    [InlineData("ｊｏｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", "[REDACTED_EMAIL]")]
    [InlineData("请写信给joe@example.com。", "请写信给[REDACTED_EMAIL]。")]
    [InlineData("jörg@müller.de", "[REDACTED_EMAIL]")]
    [InlineData("(a@b.io, c@d.io)", "([REDACTED_EMAIL], [REDACTED_EMAIL])")]
    [InlineData("joe\\\\u0040example.com", "[REDACTED_EMAIL]")]
    [InlineData("joe\\\\\\\\u0040example.com", "[REDACTED_EMAIL]")]
    [InlineData("joe\\@example.com", "[REDACTED_EMAIL]")]
    [InlineData("joe\\u{40}example.com \\U0000006Aoe@example.com", "[REDACTED_EMAIL] [REDACTED_EMAIL]")]
    [InlineData("joe&amp;#64;example.com, joe&amp;amp;amp;#x0000040;example&#46;com", "[REDACTED_EMAIL], [REDACTED_EMAIL]")]
    [InlineData("joe&#64example.com joe&#x40;example.com", "[REDACTED_EMAIL] [REDACTED_EMAIL]")]
    [InlineData("user%40host.com, user%2540host%2Ecom, user%252540host.com", "[REDACTED_EMAIL], [REDACTED_EMAIL], [REDACTED_EMAIL]")]
    [InlineData("joe%26%2364%3Bexample.com &#106;oe&#37;40example.com", "[REDACTED_EMAIL] [REDACTED_EMAIL]")]
    [InlineData("\\u0026#64; \\u006aoe\\u0026#64;x.io", "\\u0026#64; [REDACTED_EMAIL]")]
    [InlineData("𝐣𝐨𝐞@𝐞𝐱𝐚𝐦𝐩𝐥𝐞.𝐜𝐨𝐦, 𝒿ℴℯ@example.com, 𝚓&#x1D428;e@example.com", "[REDACTED_EMAIL], [REDACTED_EMAIL], [REDACTED_EMAIL]")]
    [InlineData("ⓙⓞⓔ@ⓔⓧⓐⓜⓟⓛⓔ.ⓒⓞⓜ", "[REDACTED_EMAIL]")]
    [InlineData("joe@example．com joe@example。com joe@mail｡example｡com", "[REDACTED_EMAIL] [REDACTED_EMAIL] [REDACTED_EMAIL]")]
    [InlineData("信箱joe@example.com。Hello, joe@example.com。iPhone", "信箱[REDACTED_EMAIL]。Hello, [REDACTED_EMAIL]。iPhone")]
    [InlineData("joe@\nexample.com joe@ \r\n example.com joe@\\nexample.com", "[REDACTED_EMAIL] [REDACTED_EMAIL] [REDACTED_EMAIL]")]
    public void Email(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData(100)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(1000)]
    [InlineData(70_000)]
    public void Email_of_any_length(int length)
    {
        var letters = new string('a', length);
        var labels = string.Concat(Enumerable.Repeat("a-b.", (length / 4) + 1));

        Check($"To joe@{letters}.com, please", "To [REDACTED_EMAIL], please");
        Check($"To joe@{labels}com, please", "To [REDACTED_EMAIL], please");
        var left = new string('a', Math.Max(0, length - 128));
        Check($"To {letters}@example.com, please", $"To {left}[REDACTED_EMAIL], please");
        var filtered = Filtered.Text($"To {labels}joe@example.com, please");
        Assert.DoesNotContain("joe", filtered, StringComparison.Ordinal);
        Assert.DoesNotContain("example", filtered, StringComparison.Ordinal);
        Check($"To {letters} {labels}, please", $"To {letters} {labels}, please");
    }

    [Theory]
    [InlineData("Call (415) 555-0132 now", "Call [REDACTED_PHONE] now")]
    [InlineData("415-555-0132", "[REDACTED_PHONE]")]
    [InlineData("1-800-555-0199", "[REDACTED_PHONE]")]
    [InlineData("+1 (212) 555-0187.", "[REDACTED_PHONE].")]
    [InlineData("+44 20 7946 0958", "[REDACTED_PHONE]")]
    [InlineData("+493012345678", "[REDACTED_PHONE]")]
    [InlineData("020 7946 0958", "[REDACTED_PHONE]")]
    [InlineData("01 42 68 53 00", "[REDACTED_PHONE]")]
    [InlineData("phone: 4155550132", "phone: [REDACTED_PHONE]")]
    [InlineData("415.555.0132", "[REDACTED_PHONE]")]
    [InlineData("+1-415-555-0132", "[REDACTED_PHONE]")]
    [InlineData("(415)555-0132", "[REDACTED_PHONE]")]
    [InlineData("1 (415) 555-0132", "[REDACTED_PHONE]")]
    [InlineData("415 555 0132", "[REDACTED_PHONE]")]
    [InlineData("07700 900123", "[REDACTED_PHONE]")]
    [InlineData("+44 (0)20 7946 0958", "[REDACTED_PHONE]")]
    [InlineData("+49 (0) 30 1234567", "[REDACTED_PHONE]")]
    [InlineData("+91 98765 43210", "[REDACTED_PHONE]")]
    [InlineData("tel:+14155550132", "tel:[REDACTED_PHONE]")]
    [InlineData("030/1234567", "[REDACTED_PHONE]")]
    [InlineData("(02) 9374 4000", "[REDACTED_PHONE]")]
    [InlineData("03-1234-5678", "[REDACTED_PHONE]")]
    [InlineData("+1 415 555 0132 ext. 12", "[REDACTED_PHONE] ext. 12")]
    [InlineData("+1 555 123 4567", "[REDACTED_PHONE]")]
    [InlineData("+683 7012", "[REDACTED_PHONE]")]
    [InlineData("+39 06 1234 5678", "[REDACTED_PHONE]")]
    [InlineData("+1 415 555 0132 24 hours", "[REDACTED_PHONE] 24 hours")]
    [InlineData("+1 415 555 0132 2026 11 23", "[REDACTED_PHONE] 2026 11 23")]
    [InlineData("+33 (0)1 42 68 53 00", "[REDACTED_PHONE]")]
    public void Phone(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("+1 415 555 0132 24 hours")]
    [InlineData("+1 415 555 0132 2026 11 23")]
    [InlineData("+44 (0)20 7946 0958, +999 1234 5678")]
    [InlineData("+12345678901234 +683 7012")]
    public void A_phone_number_is_the_same_wherever_the_text_is_cut(string text)
    {
        var whole = InPieces(text, text.Length, text.Length);
        for (var first = 1; first < text.Length; first++)
        {
            for (var second = first; second <= text.Length; second++)
            {
                Assert.Equal(whole, InPieces(text, first, second));
            }
        }
    }

    private static string InPieces(string text, int first, int second)
    {
        var filter = new TextFilter(new FilterPolicy(new OutputFilterOptions()));
        var output = new CharBuffer();
        filter.Append(text.AsSpan(0, first), output);
        filter.Append(text.AsSpan(first, second - first), output);
        filter.Append(text.AsSpan(second), output);
        filter.Complete(output);
        return output.Written.ToString();
    }

    [Theory]
    [InlineData("+999 1234 5678")]
    [InlineData("+210 123 4567")]
    [InlineData("+12345678901234")]
    [InlineData("+1234567")]
    [InlineData("+33 12 34 56")]
    public void A_number_that_no_country_has_is_no_phone(string text) => Check(text, text);

    [Theory]
    [InlineData("SSN 123-45-6789.", "SSN [REDACTED_SSN].")]
    [InlineData("My social security number is 123456789", "My social security number is [REDACTED_SSN]")]
    [InlineData("123 45 6789", "[REDACTED_SSN]")]
    [InlineData("123.45.6789, 123/45/6789, 123_45_6789", "[REDACTED_SSN], [REDACTED_SSN], [REDACTED_SSN]")]
    [InlineData("x123-45-6789 xy123-45-6789 _123-45-6789 x1y123-45-6789", "x[REDACTED_SSN] xy[REDACTED_SSN] _[REDACTED_SSN] x1y[REDACTED_SSN]")]
    [InlineData("123-45-6789x 123-45-6789_x", "[REDACTED_SSN]x [REDACTED_SSN]_x")]
    [InlineData("&#49;23&#45;45\\u002d6789", "[REDACTED_SSN]")]
    public void Ssn(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("4111 1111 1111 1111", "[REDACTED_CREDIT_CARD]")]
    [InlineData("card 4111111111111111, thanks", "card [REDACTED_CREDIT_CARD], thanks")]
    [InlineData("3782-822463-10005", "[REDACTED_CREDIT_CARD]")]
    [InlineData("5555-5555-5555-4444", "[REDACTED_CREDIT_CARD]")]
    [InlineData("4111/1111/1111/1111 4111_1111_1111_1111", "[REDACTED_CREDIT_CARD] [REDACTED_CREDIT_CARD]")]
    [InlineData("4111\n1111\n1111\n1111", "[REDACTED_CREDIT_CARD]")]
    [InlineData("4111 1111\r\n1111 1111\n12 items", "[REDACTED_CREDIT_CARD]\n12 items")]
    [InlineData("4111  1111\t1111 1111, 4111 - 1111 - 1111 - 1111, 4111-1111-1111-1111 - 12", "[REDACTED_CREDIT_CARD], [REDACTED_CREDIT_CARD], [REDACTED_CREDIT_CARD] - 12")]
    [InlineData("x4111111111111111 SKU4111111111111111 x1_4111111111111111", "x[REDACTED_CREDIT_CARD] SKU[REDACTED_CREDIT_CARD] x1_[REDACTED_CREDIT_CARD]")]
    [InlineData("4111111111111111x 4111111111111111_x x4111 1111 1111 1111y", "[REDACTED_CREDIT_CARD]x [REDACTED_CREDIT_CARD]_x x[REDACTED_CREDIT_CARD]y")]
    [InlineData("&#52;111&#x31;111\\u0031111%31111, 𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏", "[REDACTED_CREDIT_CARD], [REDACTED_CREDIT_CARD]")]
    public void Credit_card(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("GB82 WEST 1234 5698 7654 32", "[REDACTED_IBAN]")]
    [InlineData("Pay DE89370400440532013000 today", "Pay [REDACTED_IBAN] today")]
    [InlineData("gb82 west 1234 5698 7654 32, de89370400440532013000, De89/3704/0044/0532/0130/00", "[REDACTED_IBAN], [REDACTED_IBAN], [REDACTED_IBAN]")]
    public void Iban(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("from 203.0.113.7:443", "from [REDACTED_IP_ADDRESS]:443")]
    [InlineData("8.8.8.8", "[REDACTED_IP_ADDRESS]")]
    [InlineData("2001:db8:85a3::8a2e:370:7334", "[REDACTED_IP_ADDRESS]")]
    [InlineData("2001:0db8:0000:0000:0000:ff00:0042:8329.", "[REDACTED_IP_ADDRESS].")]
    public void Ip_address(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("OPENAI_API_KEY=sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12Mn34", "OPENAI_API_KEY=[REDACTED_SECRET]")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "[REDACTED_SECRET]")]
    [InlineData("nAKIAIOSFODNN7EXAMPLE xyAKIAIOSFODNN7EXAMPLEz", "n[REDACTED_SECRET] xy[REDACTED_SECRET]z")]
    [InlineData("7AKIAIOSFODNN7EXAMPLE _AKIAIOSFODNN7EXAMPLE", "7[REDACTED_SECRET] _[REDACTED_SECRET]")]
    [InlineData("xaif_0123456789abcdefghijABCDEFGHIJ0123450123456789abcdefghijABCD", "x[REDACTED_SECRET]")]
    [InlineData("x-----BEGIN PRIVATE KEY-----\nMIIEow", "x[REDACTED_SECRET]")]
    [InlineData("ghp_0123456789abcdefghijABCDEFGHIJ012345", "[REDACTED_SECRET]")]
    [InlineData("Authorization: Bearer abcdef0123456789ABCDEF", "Authorization: Bearer [REDACTED_SECRET]")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P", "[REDACTED_SECRET]")]
    [InlineData("postgres://app:s3cr3t-pw@db.example.com/x", "postgres://[REDACTED_SECRET]@db.example.com/x")]
    [InlineData("Server=db;User Id=sa;Password=correcthorse;", "Server=db;User Id=sa;Password=[REDACTED_SECRET];")]
    [InlineData("AccountKey=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MTIz==;End", "AccountKey=[REDACTED_SECRET];End")]
    [InlineData("{\"client_secret\": \"8f14e45fceea167a\"}", "{\"client_secret\": \"[REDACTED_SECRET]\"}")]
    [InlineData("password: abc123", "password: [REDACTED_SECRET]")]
    [InlineData("api-key: 0123456789abcdef0123456789abcdef", "api-key: [REDACTED_SECRET]")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----\nafter", "[REDACTED_SECRET]\nafter")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIEow", "[REDACTED_SECRET]")]
    public void Secret(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("hvs.", 24)]
    [InlineData("dckr_pat_", 27)]
    [InlineData("PMAK-", 59)]
    [InlineData("glsa_", 41)]
    [InlineData("ATATT3", 180)]
    [InlineData("lin_api_", 40)]
    [InlineData("key-", 32)]
    [InlineData("nvapi-", 64)]
    [InlineData("123456789:AA", 33)]
    public void Secret_of_an_issuer(string prefix, int rest)
    {
        var key = prefix + string.Concat(Enumerable.Repeat("0a1b2c3d4e5f", 20))[..rest];

        Check($"Use {key}, please", "Use [REDACTED_SECRET], please");
        Check($"un{key}", prefix == "key-" ? $"un{key}" : "un[REDACTED_SECRET]"); // a word may end in "key-"
    }

    [Theory]
    [InlineData("connect to 10.1.2.3", "connect to [REDACTED_INTERNAL]")]
    [InlineData("http://db01.prod.internal:8080/x", "http://[REDACTED_INTERNAL]:8080/x")]
    [InlineData("api.default.svc.cluster.local", "[REDACTED_INTERNAL]")]
    [InlineData("see /home/deploy/app/config.yml.", "see [REDACTED_INTERNAL].")]
    [InlineData("C:\\Users\\jsmith\\secrets.txt", "[REDACTED_INTERNAL]")]
    [InlineData("fd12:3456:789a::1", "[REDACTED_INTERNAL]")]
    [InlineData("Boom\n   at Shop.Orders.Place(Order order) in /src/Orders.cs:line 42\nnext", "Boom\n   [REDACTED_INTERNAL]\nnext")]
    [InlineData("\tat com.shop.Main.run(Main.java:17)\n", "\t[REDACTED_INTERNAL]\n")]
    [InlineData("    at Object.run (/app/x.js:1:2)\n", "    [REDACTED_INTERNAL]\n")]
    [InlineData("  File \"/app/x.py\", line 3, in f\n", "  [REDACTED_INTERNAL]\n")]
    public void Internal(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("version 1.2.3.4 and v10.0.0.1")]
    [InlineData("Order 4111-2222-3333-4445 of 2024-05-17, 12:30:45")]
    [InlineData("ISBN 978-3-16-148410-0, invoice 2024-000123, ticket #123456789")]
    [InlineData("x = 3.14159265358979, y = 1234567890123456, 10^-12, 1,234,567.89")]
    [InlineData("std::vector<int> a::b ::c dead::beef aa:bb:cc:dd:ee:ff")]
    [InlineData("npm i left-pad@1.3.0; image@2x.png; git clone git@github.com:owner/name.git; @mention")]
    [InlineData("sudo nano /etc/nginx/nginx.conf; ls /var/log; cd ~/projects; /usr/local/bin/python3 /home/user/app")]
    [InlineData("http://127.0.0.1:8080 and http://localhost:3000, mask 255.255.255.0, 0.0.0.0")]
    [InlineData("01:23:45:67:89:ab:cd:ef, 00:1A:2B:3C:4D:5E, http://host.docker.internal:8080, key-value, lin_api_v2, 12345678:AAAA")]
    [InlineData("password = os.environ[\"DB_PASSWORD\"]; token: string; Password: must be at least 8 characters")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 550e8400-e29b-41d4-a716-446655440000")]
    [InlineData("Meet at noon (see the map). this.internal = foo.local(bar); 5 at 3 for 10.50")]
    [InlineData("var token = response.Token1.Value; private_key: ed25519.Ed25519PrivateKey, const password = readPassword; x")]
    [InlineData("class A(threading.local): local_only=options.local, 10.0.0.0/8 and 192.168.0.0/16, Clause 252.227-7013, Decimal('+35236450.6')")]
    [InlineData("sk-learn, sk-something-without-any-figures-in-it, the DE89 road, 000-12-3456, 666-12-3456")]
    [InlineData("In 1999 2000 2001 2002 and 12 34 5678 90, 100-200-3000; Fn(n) = F(n-1) + F(n-2); 50% &amp; more &#169;")]
    [InlineData("task-0123456789abcdef0123456789abcdef01234567, TASK0123456789abcdef0123456789abcdef, MSG.0123456789abcdef0123456789abcdef0123456789")]
    [InlineData("Version 123.45.6789, v123.45.6789, build 120.10.6045; 1.2.3, 119.0.6045.105, 123.456.7890 and 3.14.1592, 1234.45.6789")]
    [InlineData("SKU1234567890123456, x4111111111111112, sha 0a1b2c3d4e5f4111111111111111, 94111111111111111, 0.4111111111111111, a1b2c3d4-4111111111111111")]
    [InlineData("50% off, 100%, %d %s %x, %zz %E2%80 %C3, C:\\new\\table, \\\\server\\share, \\u12 \\x4 &#x; &#; &#9999999999; \\\\ \\\\\\")]
    [InlineData("⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣀⣤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣿\n⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣿")]
    [InlineData("𝐇𝐞𝐥𝐥𝐨 ℂ ⊂ ℝ, 𝒙² + 𝒚², ①②③ 𝐁𝐢𝐠 𝒏𝒆𝒘𝒔, 函数。Hello。")]
    [InlineData("👩‍👩‍👧‍👦 नमस्ते می‌خواهم 你好 ﷺ \\u00e9 &eacute; \\frac{1}{2} &")]
    public void What_only_looks_alike_stays(string text) => Check(text, text);

    [Fact]
    public void Policy_terms_are_whole_words_in_any_case_and_width()
    {
        var policy = Filtered.With(["Project Falcon", "機密"], ("blocklist", "Redact"));

        Assert.Equal("The [REDACTED_BLOCKLIST], not project falconry", Filtered.Text("The pROJECT \n ＦＡＬＣＯＮ, not project falconry", policy));
        Assert.Equal("これは[REDACTED_BLOCKLIST]です", Filtered.Text("これは機密です", policy));
    }

    [Fact]
    public void Blocking_keeps_what_stood_before_and_flagging_keeps_all()
    {
        Assert.Equal(("Hi ", "email=1", true), Filtered.Text(["Hi joe@example.com and more 123-45-6789"], Filtered.With(("email", "Block"))));
        Assert.Equal(("Hi joe@example.com", "email=1", false), Filtered.Text(["Hi joe@example.com"], Filtered.With(("email", "Flag"))));
        Assert.Equal(("Hi joe@example.com", null, false), Filtered.Text(["Hi joe@example.com"], Filtered.With(("email", "Off"))));
    }

    [Fact]
    public void Arguments_stay_valid_json() =>
        Assert.Equal(
            "{\"to\":\"[REDACTED_EMAIL]\",\"card\":\"[REDACTED_CREDIT_CARD]\",\"neg\":\"[REDACTED_CREDIT_CARD]\",\"ok\":[1,2.5,-3],\"t\":\"a \\\"b\\\"\"}",
            Filtered.Text(["{\"to\":\"joe\\u0040example.com\",\"card\":4111111111111111,\"neg\":-4111111111111111,\"ok\":[1,2.5,-3],\"t\":\"a \\\"b\\\"\"}"], isJson: true).Text);

    [Theory]
    [InlineData("", "a")]
    [InlineData("eyJ", "a")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.", "a")]
    [InlineData("password=", "a1")]
    [InlineData("sk-proj-", "a1")]
    [InlineData("/home/anna/", "a/")]
    [InlineData("https://a:", "a1")]
    [InlineData("\nat a.b(", "c, ")]
    [InlineData("-----BEGIN PRIVATE KEY-----\n", "a1")]
    [InlineData("big", " \t")]
    [InlineData("a", "\u200B")]
    [InlineData("&", "#")]
    [InlineData("", "1 ")]
    [InlineData("", "a@")]
    [InlineData("", "a.")]
    public void No_text_is_held_beyond_the_bound(string head, string more)
    {
        var filter = new TextFilter(Filtered.With(["big secret plan"]));
        var output = new CharBuffer();
        filter.Append(head, output);
        for (var i = 0; i < 3000; i++)
        {
            filter.Append(more, output);
            Assert.InRange(filter.Held, 0, TextFilter.LongestHold);
        }
    }

    private static void Check(string text, string expected)
    {
        Assert.Equal(expected, Filtered.Text(text));
        Assert.Equal(expected, Filtered.Text(text.Select(c => c.ToString())).Text);
    }
}
