using System.Collections.Concurrent;
using System.Text.Json;

namespace AiFunctions.Infra.Tests.Fixtures;

/// <summary>What the template deploys, as Resource Manager would work it out: conditions, loops and functions are evaluated; what only a
/// live resource can tell is left as an expression.</summary>
internal sealed class Deployment
{
    private const string Subscription = "00000000-0000-0000-0000-000000000001";
    private const string Tenant = "00000000-0000-0000-0000-000000000002";

    private static readonly ConcurrentDictionary<Variant, Lazy<Task<Deployment>>> All = new();

    private readonly IReadOnlyList<JsonElement> _resources;

    private Deployment(IReadOnlyList<JsonElement> resources) => _resources = resources;

    public IEnumerable<JsonElement> Resources => _resources;

    public static Task<Deployment> OfAsync(Variant variant) => All.GetOrAdd(variant, key => new(() => EvaluateAsync(key))).Value;

    public IEnumerable<JsonElement> OfType(string type) => _resources.Where(resource => resource.GetProperty("type").GetString() == type);

    public JsonElement Single(string type) => Assert.Single(OfType(type));

    /// <summary>The app's settings, by name.</summary>
    public IReadOnlyDictionary<string, string> AppSettings() => Single("Microsoft.Web/sites")
        .GetProperty("properties").GetProperty("siteConfig").GetProperty("appSettings").EnumerateArray()
        .ToDictionary(setting => setting.GetProperty("name").GetString()!, setting => setting.GetProperty("value").GetString()!);

    private static async Task<Deployment> EvaluateAsync(Variant variant)
    {
        using var directory = new TemporaryDirectory();
        var parameters = directory.File("test.bicepparam");
        var template = Path.GetRelativePath(directory.Path, Repository.Path("infra/main.bicep")).Replace('\\', '/');
        await File.WriteAllTextAsync(parameters, $"using '{template}'\nparam environmentName = 'test'\nparam location = 'westeurope'\n{Parameters(variant)}");

        var run = await Bicep.RunAsync(
            "snapshot", parameters, "--mode", "overwrite", "--location", "westeurope",
            "--subscription-id", Subscription, "--tenant-id", Tenant, "--deployment-name", "test");
        Assert.True(run.ExitCode == 0, run.Error);

        using var snapshot = JsonDocument.Parse(await File.ReadAllTextAsync(directory.File("test.snapshot.json")));
        Assert.Empty(snapshot.RootElement.GetProperty("diagnostics").EnumerateArray());
        return new Deployment([.. snapshot.RootElement.GetProperty("predictedResources").EnumerateArray().Select(resource => resource.Clone())]);
    }

    private static string Parameters(Variant variant) => variant switch
    {
        Variant.Full => """
            param deployOpenAi = true
            param openAiModelVersion = '2025-08-07'
            param privateNetworking = true
            param clientCertificates = 'Require'
            param alwaysReadyInstances = 1
            param alertEmail = 'operators@example.org'
            param settings = { InputGuard__Mode: 'Flag' }
            """,
        Variant.NoDeliveries => "param deliverRotatedKeys = false",
        Variant.LargeBodies => "param settings = { RequestBody__MaxBytes: '33554432' }",
        Variant.Overriding => """
            param updateStrategy = 'Recreate'
            param settings = { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '20000000', WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED: '1' }
            """,
        _ => "",
    };
}
