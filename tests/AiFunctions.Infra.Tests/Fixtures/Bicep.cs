using System.Reflection;

namespace AiFunctions.Infra.Tests.Fixtures;

/// <summary>The Bicep compiler, from its package.</summary>
internal static class Bicep
{
    private static readonly string Program = typeof(Bicep).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Bicep").Value!;

    private static readonly Lazy<Task<CommandResult>> Built = new(() => RunAsync("build", "main.bicep", "--stdout"));

    /// <summary>The template, compiled once for all tests.</summary>
    public static Task<CommandResult> BuildAsync() => Built.Value;

    /// <summary>Runs a command in <c>infra</c>.</summary>
    public static Task<CommandResult> RunAsync(params string[] arguments) => RunInAsync(Repository.Path("infra"), arguments);

    public static Task<CommandResult> RunInAsync(string directory, params string[] arguments)
    {
        var program = OperatingSystem.IsWindows() ? Program + ".exe" : Program;
        Assert.True(File.Exists(program), $"{program} is missing: restore this project.");
        return Command.RunAsync(program, arguments, directory, new Dictionary<string, string?>
        {
            ["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = null,
            ["BICEP_TRACING_ENABLED"] = null,
        });
    }
}
