using System.Globalization;
using System.Text.RegularExpressions;
using AiFunctions.Infra.Tests.Fixtures;

namespace AiFunctions.Infra.Tests;

/// <summary>What <c>.editorconfig</c> asks for and neither the compiler nor <c>dotnet format</c> checks.</summary>
public sealed partial class SourceLayoutTests
{
    // Each is to be mended by whoever changes it next, and then to go from here.
    private static readonly string[] NotYetMended =
    [
        "src/AiFunctions.Gateway/OutputFilter/Wire/AnswerScanner.cs",
        "src/AiFunctions.Gateway/OutputFilter/Wire/ChatOutputFilter.cs",
        "src/AiFunctions.Gateway/OutputFilter/Wire/JsonText.cs",
        "src/AiFunctions.Gateway/Upstreams/UpstreamRouter.cs",
    ];

    [Fact]
    public void No_line_of_code_is_longer_than_the_limit()
    {
        var limit = int.Parse(LineLimit().Match(File.ReadAllText(Repository.Path(".editorconfig"))).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var files = SourceFiles().ToArray();

        var tooLong = files.Except(NotYetMended.Select(Repository.Path))
            .SelectMany(file => File.ReadLines(file).Select((line, index) => (line.Length, Place: $"{file}:{index + 1}")))
            .Where(line => line.Length > limit)
            .Select(line => line.Place);

        Assert.NotEmpty(files);
        Assert.Empty(tooLong);
    }

    private static IEnumerable<string> SourceFiles() => new[] { "benchmarks", "samples", "src", "tests", "tools" }
        .SelectMany(folder => Directory.EnumerateFiles(Repository.Path(folder), "*.cs", SearchOption.AllDirectories))
        .Where(file => !BuildOutput().IsMatch(file));

    [GeneratedRegex(@"^max_line_length = (\d+)", RegexOptions.Multiline)]
    private static partial Regex LineLimit();

    [GeneratedRegex(@"[\\/](bin|obj|node_modules)[\\/]")]
    private static partial Regex BuildOutput();
}
