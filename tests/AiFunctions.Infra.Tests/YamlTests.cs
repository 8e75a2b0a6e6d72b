using System.Text.RegularExpressions;
using AiFunctions.Infra.Tests.Fixtures;
using YamlDotNet.RepresentationModel;

namespace AiFunctions.Infra.Tests;

public sealed partial class YamlTests
{
    public static TheoryData<string> Workflows =>
        [.. Directory.EnumerateFiles(Repository.Path(".github/workflows"), "*.yml").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void Azd_finds_the_app_its_template_and_its_hooks()
    {
        var azure = Read("azure.yaml");

        Assert.True(File.Exists(Repository.Path($"{Text(azure, "services", "gateway", "project")}/AiFunctions.csproj")));
        Assert.Equal(("dotnet", "function"), (Text(azure, "services", "gateway", "language"), Text(azure, "services", "gateway", "host")));
        Assert.True(File.Exists(Repository.Path($"{Text(azure, "infra", "path")}/{Text(azure, "infra", "module")}.bicep")));
        foreach (var hook in new[] { "postprovision", "postdeploy" })
        {
            Assert.True(File.Exists(Repository.Path(Text(azure, "hooks", hook, "posix", "run"))));
            Assert.True(File.Exists(Repository.Path(Text(azure, "hooks", hook, "windows", "run"))));
        }
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_workflow_may_read_the_repository_and_nothing_more(string file)
    {
        var workflow = Read($".github/workflows/{file}");

        Assert.Equal("read", Text(workflow, "permissions", "contents"));
        Assert.Single(((YamlMappingNode)workflow["permissions"]).Children);
        Assert.All(Jobs(workflow), job => Assert.False(job.Children.ContainsKey("permissions")));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_workflow_takes_actions_from_their_makers_at_one_commit(string file)
    {
        var uses = Jobs(Read($".github/workflows/{file}"))
            .SelectMany(job => ((YamlSequenceNode)job["steps"]).OfType<YamlMappingNode>())
            .Where(step => step.Children.ContainsKey("uses")).Select(step => ((YamlScalarNode)step["uses"]).Value!).ToArray();

        Assert.NotEmpty(uses);
        Assert.All(uses, action => Assert.Matches(PinnedAction(), action));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_workflow_ends_in_its_time(string file) =>
        Assert.All(Jobs(Read($".github/workflows/{file}")), job => Assert.True(job.Children.ContainsKey("timeout-minutes")));

    private static IEnumerable<YamlMappingNode> Jobs(YamlMappingNode workflow) => ((YamlMappingNode)workflow["jobs"]).Children.Values.Cast<YamlMappingNode>();

    private static YamlMappingNode Read(string file)
    {
        using var reader = File.OpenText(Repository.Path(file));
        var stream = new YamlStream();
        stream.Load(reader);
        return (YamlMappingNode)Assert.Single(stream.Documents).RootNode;
    }

    private static string Text(YamlNode node, params string[] path) => ((YamlScalarNode)path.Aggregate(node, (inner, key) => inner[key])).Value!;

    [GeneratedRegex(@"^actions/[a-z-]+@[0-9a-f]{40}$")]
    private static partial Regex PinnedAction();
}
