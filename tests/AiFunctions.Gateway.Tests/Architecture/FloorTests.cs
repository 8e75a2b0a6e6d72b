using AiFunctions.Gateway.Operations;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace AiFunctions.Gateway.Tests.Architecture;

/// <summary>The gateway's folders stand on floors (docs/architecture.md): each may use what stands below it, none what stands above, and no two one another.</summary>
public class FloorTests
{
    private const string Root = "AiFunctions.Gateway";
    private const string Composition = "(composition)";

    /// <summary>From the ground up. What stands at the root of the project knows all.</summary>
    private static readonly (string Floor, string[] Folders)[] Floors =
    [
        ("foundation", ["Storage", "Hashing", "Text", "Jobs", "Settings", "Diagnostics", "KeyVaultReferences", "ContentSafety"]),
        ("http", ["RequestId", "Observation", "Operations", "Errors", "RequestBody", "SecurityHeaders", "Cors", "Health"]),
        ("clients and callers", ["Callers", "Clients"]),
        ("tiers, blocks, rotation, upstreams", ["Tiers", "Blocks", "KeyRotation", "Upstreams"]),
        ("authentication, limits, relay", ["Authentication", "CredentialInUrl", "RateLimits", "Relay"]),
        ("prompts, models and tokens", ["Prompts", "Models", "Tokens"]),
        ("reviews", ["Reviews"]),
        ("guard and filter", ["InputGuard", "OutputFilter"]),
        ("inference", ["Inference", "Apis"]),
        ("records", ["Records"]),
        ("watching", ["Usage", "Telemetry", "RequestLog", "AnomalyDetection"]),
        ("management", ["Management"]),
        ("composition", [Composition]),
    ];

    private static readonly Dictionary<string, int> FloorOf = Floors
        .SelectMany((floor, height) => floor.Folders.Select(folder => (folder, height)))
        .ToDictionary(entry => entry.folder, entry => entry.height, StringComparer.Ordinal);

    private static readonly Lazy<HashSet<Use>> Uses = new(Read);

    [Fact]
    public void Every_folder_stands_on_a_floor() =>
        Assert.Equal(FloorOf.Keys.Order(StringComparer.Ordinal), Uses.Value.SelectMany(use => (string[])[use.From, use.To]).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void No_folder_uses_one_of_a_higher_floor() =>
        Assert.Empty(Uses.Value.Where(use => FloorOf[use.From] < FloorOf[use.To]).Select(use => use.ToString()));

    [Fact]
    public void No_two_folders_use_one_another()
    {
        // Folders that use none that is left are taken away until none can be: what stays is a circle, or leads into one.
        var left = Uses.Value.Where(use => use.From != use.To).ToList();
        while (left.RemoveAll(use => !left.Exists(other => other.From == use.To)) > 0)
        {
        }

        Assert.Empty(left.Select(use => use.ToString()));
    }

    private static HashSet<Use> Read()
    {
        var architecture = new ArchLoader().LoadAssemblies(typeof(GatewayOperation).Assembly).Build();
        return
        [
            .. from type in architecture.Types
               where FolderOf(type) is not null
               from dependency in type.Dependencies
               where FolderOf(dependency.Target) is not null
               select new Use(FolderOf(type)!, FolderOf(dependency.Target)!, type.FullName, dependency.Target.FullName) into use
               group use by (use.From, use.To) into uses
               select uses.First(),
        ];
    }

    // A type parameter has no namespace.
    private static string? FolderOf(IType type) => type.Namespace?.FullName switch
    {
        Root => Composition,
        { } name when name.StartsWith(Root + ".", StringComparison.Ordinal) => name[(Root.Length + 1)..].Split('.')[0],
        _ => null,
    };

    private sealed record Use(string From, string To, string By, string Of)
    {
        public override string ToString() => $"{From} uses {To}: {By} uses {Of}";
    }
}
