namespace AiFunctions.Local.Tests.Samples;

/// <summary>The samples that are programs, started by the commands that their table gives.</summary>
public sealed class SampleTests(SimulatorHost simulated) : IClassFixture<SimulatorHost>
{
    private const string Question = "What is a gateway?";
    private const string Answer = "You asked: What is a gateway?";

    [Fact]
    public async Task CSharp_streams_an_answer()
    {
        await using var sample = CSharp(await simulated.Host.NewKeyAsync());

        Assert.True(await sample.Exited == 0, sample.Output);
        Assert.Contains(Answer, sample.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CSharp_tells_a_wrong_key()
    {
        await using var sample = CSharp("sk-wrong");

        Assert.True(await sample.Exited == 1, sample.Output);
        Assert.Contains("401", sample.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TypeScript_streams_an_answer()
    {
        await using var sample = TypeScript(await NpmPackages.SampleAsync(), await simulated.Host.NewKeyAsync());

        Assert.True(await sample.Exited == 0, sample.Output);
        Assert.Contains(Answer, sample.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TypeScript_tells_a_wrong_key()
    {
        await using var sample = TypeScript(await NpmPackages.SampleAsync(), "sk-wrong");

        Assert.True(await sample.Exited == 1, sample.Output);
        Assert.Contains("401", sample.StandardError, StringComparison.Ordinal);
    }

    private ChildProcess CSharp(string key) =>
        ChildProcess.Start("dotnet", ["run", "samples/csharp/chat.cs", Question], Repository.Path(""), Environment(key));

    private ChildProcess TypeScript(string directory, string key) =>
        ChildProcess.Start("npm", ["start", "--", Question], directory, Environment(key));

    private Dictionary<string, string?> Environment(string key) => new()
    {
        ["AIF_URL"] = simulated.Host.BaseAddress.AbsoluteUri,
        ["AIF_KEY"] = key,
        ["AIF_MODEL"] = null,
        ["OPENAI_API_KEY"] = null,
        ["OPENAI_BASE_URL"] = null,

        // What builds a sample must not live on after it.
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["UseSharedCompilation"] = "false",
    };
}
