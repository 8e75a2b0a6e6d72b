using System.Globalization;
using System.Text.RegularExpressions;
using AiFunctions.Infra.Tests.Fixtures;

namespace AiFunctions.Infra.Tests;

/// <summary>What <c>.editorconfig</c> asks for and neither the compiler nor <c>dotnet format</c> checks.</summary>
public sealed partial class SourceLayoutTests
{
    [Fact]
    public void No_line_of_code_is_longer_than_the_limit()
    {
        var limit = int.Parse(LineLimit().Match(File.ReadAllText(Repository.Path(".editorconfig"))).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var files = SourceFiles().ToArray();

        var tooLong = files
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
