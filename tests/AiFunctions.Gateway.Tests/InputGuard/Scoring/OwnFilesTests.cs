using AiFunctions.Gateway.InputGuard.Scoring;
using AiFunctions.TestHosts;

namespace AiFunctions.Gateway.Tests.InputGuard.Scoring;

/// <summary>
/// The files of this repository pass, whole, as what a tool has read or a user has pasted. They are about keys, prompts and refusals, were
/// never trained on, and left out are only those about attacks on models.
/// </summary>
public sealed class OwnFilesTests
{
    private static readonly string[] AboutAttacks = ["InputGuard", "input-guard", "HarmfulContent"];

    private static readonly List<string> Texts = Read();

    [Theory]
    [InlineData(nameof(TextSource.Document), 0.025)]
    [InlineData(nameof(TextSource.User), 0.04)]
    public void Pass(string source, double most)
    {
        Assert.True(Texts.Count > 400);
        var refused = Texts.Where(text => ScorerFixture.IsRefused(text, Enum.Parse<TextSource>(source))).Select(text => text[..80]).ToList();
        Assert.True(refused.Count <= Texts.Count * most, $"{refused.Count} of {Texts.Count}: {string.Join('\n', refused)}");
    }

    private static List<string> Read()
    {
        var root = Repository.Path(".");
        return
        [
            .. new[] { "src", "infra", "docs", "tools/AiFunctions.AnomalyEvaluation", ".github" }.Select(Repository.Path)
                .SelectMany(directory => Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
                .Where(file => Path.GetExtension(file) is ".cs" or ".md" or ".bicep" or ".yml" or ".csproj" or ".ps1" or ".sh")
                .Where(file => !Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
                .Where(file => !AboutAttacks.Any(name => file.Contains(name, StringComparison.Ordinal)))
                .Order(StringComparer.Ordinal).Select(File.ReadAllText).Where(text => text.Length > 200),
        ];
    }
}
