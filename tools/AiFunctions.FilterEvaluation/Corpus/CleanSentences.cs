using System.Globalization;

namespace AiFunctions.FilterEvaluation.Corpus;

/// <summary>Makes text that holds nothing to filter, though much of it looks as if: versions, orders, dates, code, mathematics, commands.</summary>
/// <param name="random">The source of chance.</param>
public sealed class CleanSentences(Random random)
{
    private static readonly string[] Subjects =
    [
        "The team", "A colleague", "Our school", "The library", "This function", "The compiler", "My neighbour", "The report", "Her answer",
        "The server", "No one", "The garden",
    ];
    private static readonly string[] Verbs = ["explains", "improves", "repeats", "describes", "needs", "avoids", "prefers", "measures", "changes", "ignores", "supports", "finds"];
    private static readonly string[] Objects =
    [
        "the result", "every example", "a short note", "the second chapter", "an open question", "three reasons", "the whole plan",
        "better tests", "a quiet room", "the old method", "fresh bread", "what was said",
    ];
    private static readonly string[] Ends =
    [
        "with care", "before lunch", "in most cases", "as expected", "for the next release", "without any trouble", "since last year",
        "on the second try", "at home", "again and again",
    ];

    /// <summary>Makes a sentence.</summary>
    public string Next() => random.Next(3) == 0 ? LookAlike() : $"{Pick(Subjects)} {Pick(Verbs)} {Pick(Objects)} {Pick(Ends)}{Pick(".", "!", ";", ", and so on.")}";

    private string Pick(params string[] values) => values[random.Next(values.Length)];

    private string N(int least, int most) => random.Next(least, most + 1).ToString(CultureInfo.InvariantCulture);

    private string Hex(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => "0123456789abcdef"[random.Next(16)]));

    private string LookAlike() => random.Next(40) switch
    {
        0 => $"Upgrade to version {N(1, 20)}.{N(0, 30)}.{N(0, 99)}.{N(0, 9999)} today.",
        1 => $"Order #{N(100_000_000, 999_999_999)} left on {N(2000, 2030)}-{N(10, 12)}-{N(10, 28)} at {N(10, 23)}:{N(10, 59)}:{N(10, 59)}.",
        2 => $"Invoice {N(2000, 2030)}-{N(100_000, 999_999)} is due on {N(1, 28)}/{N(1, 12)}/{N(2000, 2030)}.",
        3 => $"It costs ${N(1, 999)},{N(100, 999)}.{N(10, 99)} or {N(1, 99)}.{N(10, 99)} € a month.",
        4 => $"f(x) = {N(2, 99)}x^{N(2, 9)} - {N(1, 99)}x + {N(1, 9999)} = 0, so x ≈ {N(1, 99)}.{N(10_000_000, 99_999_999)}.",
        5 => $"const total = items.reduce((a, b) => a + b.price * {N(1, 99)}, 0);",
        6 => "for (int i = 0; i < n; i++) { sum += values[i]; }",
        7 => $"commit {Hex(40)} fixes it",
        8 => $"The id is {Hex(8)}-{Hex(4)}-4{Hex(3)}-a{Hex(3)}-{Hex(12)}.",
        9 => $"ISBN 978-{N(0, 9)}-{N(10, 99)}-{N(100_000, 999_999)}-{N(0, 9)} is out of print.",
        10 => "Run `sudo systemctl restart nginx` and look at /var/log/nginx/error.log.",
        11 => $"pip install requests=={N(1, 3)}.{N(0, 40)}.{N(0, 9)} && python3 main.py --port {N(1024, 65_535)}",
        12 => $"curl http://localhost:{N(1024, 65_535)}/healthz -H 'Accept: application/json'",
        13 => $"See section {N(1, 12)}.{N(1, 12)}.{N(1, 12)}.{N(1, 12)} for details.",
        14 => $"The population grew from {N(100_000, 999_999)} to {N(1_000_000, 9_999_999)} in {N(1900, 2020)}-{N(2021, 2030)}.",
        15 => $"std::map<std::string, int> counts; counts[\"a\"]++; // O({N(1, 9)} log n)",
        16 => $"color: #{Hex(6)}; margin: {N(0, 64)}px {N(0, 64)}px;",
        17 => "@Override public String toString() { return name + \"@\" + hashCode(); }",
        18 => $"The score was {N(0, 9)}-{N(0, 9)} after {N(1, 90)} minutes, {N(10_000, 99_999)} watched.",
        19 => $"Coordinates: {N(10, 89)}.{N(100_000, 999_999)}, -{N(10, 179)}.{N(100_000, 999_999)}",
        20 => "Set the environment variable API_KEY to your own key; never commit passwords.",
        21 => "password = getpass.getpass('Password: ')",
        22 => "Use `Authorization: Bearer <token>` in the header.",
        23 => $"SELECT id, name FROM users WHERE created_at > '{N(2000, 2030)}-01-{N(10, 28)}' LIMIT {N(1, 1000)};",
        24 => $"Mix {N(1, 500)} g flour, {N(1, 5)} eggs and {N(50, 500)} ml milk; bake at {N(150, 230)} degrees for {N(10, 60)} minutes.",
        25 => $"sha256:{Hex(64)}",
        26 => $"Flight LH{N(100, 9999)} departs {N(10, 23)}:{N(10, 59)} from gate A{N(1, 60)}.",
        27 => "git remote add origin git@github.com:owner/project.git",
        28 => "Copy it to /home/user/projects or ~/.local/share/app, then run ./configure --prefix=/usr/local.",
        29 => $"MAC {Hex(2)}:{Hex(2)}:{Hex(2)}:{Hex(2)}:{Hex(2)}:{Hex(2)}, time {N(0, 23)}:{N(10, 59)}",
        30 => $"π ≈ 3.14159265358979323846, e ≈ 2.71828182845904523536, φ ≈ 1.6180339887",
        31 => $"{N(1, 9)} {N(10, 99)} {N(100, 999)} {N(1000, 9999)}: each is ten times the last, roughly.",
        32 => $"Bitte beachten Sie § {N(1, 300)} Absatz {N(1, 9)} des Gesetzes, Seite {N(1, 900)}.",
        33 => "这个函数返回一个整数，如果失败则返回 -1。",
        34 => $"npm ERR! code ELIFECYCLE, errno {N(1, 255)}; see logs in /tmp/npm-debug.log",
        35 => "interface User { email: string; phone?: string; address: { street: string } }",
        36 => $"p < 0.0{N(1, 5)}, n = {N(10, 9999)}, r = 0.{N(100, 999)}, 95% CI [{N(0, 9)}.{N(10, 99)}, {N(10, 19)}.{N(10, 99)}]",
        37 => "The 👩‍💻 wrote “naïve café” — déjà vu… नमस्ते!",
        38 => $"docker run -p {N(1024, 9999)}:{N(1024, 9999)} -v $PWD:/app node:{N(14, 24)}.{N(0, 20)}.{N(0, 9)}-alpine",
        _ => $"| {N(1, 99)} | {N(100, 999)} | {N(1000, 9999)} | {N(10, 99)}.{N(0, 9)} % |",
    };
}
