using System.Text.Json;
using System.Text.RegularExpressions;
using AiFunctions.Infra.Tests.Fixtures;

namespace AiFunctions.Infra.Tests;

public sealed partial class BicepTests
{
    private static string[] Files =>
        [.. Directory.EnumerateFiles(Repository.Path("infra"), "*.bicep", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Path("infra"), file)).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task It_builds_without_a_warning()
    {
        var build = await Bicep.BuildAsync();

        Assert.Equal((0, ""), (build.ExitCode, build.Error));
    }

    [Fact]
    public async Task It_lints_without_a_warning()
    {
        var lint = await Bicep.RunAsync("lint", "main.bicep");

        Assert.Equal((0, "", ""), (lint.ExitCode, lint.Error, lint.Output));
    }

    [Fact]
    public async Task It_is_formatted()
    {
        using var copy = new TemporaryDirectory();
        Directory.CreateDirectory(copy.File("modules"));
        foreach (var file in Files)
        {
            File.Copy(Repository.Path($"infra/{file}"), copy.File(file));
        }

        var format = await Bicep.RunInAsync(copy.Path, "format", "--pattern", "**/*.bicep");

        Assert.Equal((0, ""), (format.ExitCode, format.Error));
        Assert.All(Files, file => Assert.Equal(File.ReadAllText(Repository.Path($"infra/{file}")), File.ReadAllText(copy.File(file))));
    }

    [Fact]
    public void It_takes_no_module_from_a_registry() =>
        Assert.All(Files, file => Assert.DoesNotMatch(RegistryModule(), File.ReadAllText(Repository.Path($"infra/{file}"))));

    [Fact]
    public async Task Every_parameter_is_described_and_can_be_set_through_azd()
    {
        var build = await Bicep.BuildAsync();
        using var template = JsonDocument.Parse(build.Output);
        using var parameters = JsonDocument.Parse(await File.ReadAllTextAsync(Repository.Path("infra/main.parameters.json"), TestContext.Current.CancellationToken));
        var declared = template.RootElement.GetProperty("parameters").EnumerateObject().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        var documentation = await File.ReadAllTextAsync(Repository.Path("docs/deploy.md"), TestContext.Current.CancellationToken);

        Assert.Equal(declared.Keys, parameters.RootElement.GetProperty("parameters").EnumerateObject().Select(parameter => parameter.Name));
        Assert.All(declared, parameter => Assert.True(
            parameter.Value.GetProperty("metadata").GetProperty("description").GetString()!.Length > 10, $"{parameter.Key} is not described."));
        Assert.All(declared.Keys, name => Assert.Contains($"`{name}`", documentation, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_defaults_of_azd_are_those_of_the_template()
    {
        var build = await Bicep.BuildAsync();
        using var template = JsonDocument.Parse(build.Output);
        using var parameters = JsonDocument.Parse(await File.ReadAllTextAsync(Repository.Path("infra/main.parameters.json"), TestContext.Current.CancellationToken));

        foreach (var parameter in parameters.RootElement.GetProperty("parameters").EnumerateObject())
        {
            if (parameter.Value.GetProperty("value") is { ValueKind: JsonValueKind.String } value && AzdDefault().Match(value.GetString()!) is { Success: true } match)
            {
                var expected = template.RootElement.GetProperty("parameters").GetProperty(parameter.Name).GetProperty("defaultValue").ToString();
                Assert.Equal(expected, match.Groups["value"].Value, ignoreCase: expected is "True" or "False");
            }
        }
    }

    [GeneratedRegex("'(br|ts)[:/]")]
    private static partial Regex RegistryModule();

    [GeneratedRegex(@"^\$\{[A-Z_]+=(?<value>.*)\}$")]
    private static partial Regex AzdDefault();
}
