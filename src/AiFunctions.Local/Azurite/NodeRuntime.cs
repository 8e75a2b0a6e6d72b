using System.ComponentModel;
using System.Globalization;

namespace AiFunctions.Local.Azurite;

/// <summary>The Node.js that runs Azurite.</summary>
internal sealed class NodeRuntime
{
    /// <summary>The oldest major version that all of Azurite's dependencies accept.</summary>
    public const int OldestMajorVersion = 20;

    /// <summary>What to do when this machine cannot run Azurite.</summary>
    public const string Alternative =
        "Or set Storage__StartAzurite=false and start Azurite yourself, or name a storage account in Storage__ConnectionString.";

    private NodeRuntime(string node) => Node = node;

    /// <summary>The full path of <c>node</c>.</summary>
    public string Node { get; }

    /// <summary>Finds Node.js and checks its version.</summary>
    /// <exception cref="AzuriteException">It is missing, cannot be run or is too old.</exception>
    public static async Task<NodeRuntime> FindAsync(CancellationToken cancellationToken)
    {
        var node = ChildCommand.Find("node")
            ?? throw new AzuriteException(
                $"Azurite, the local storage emulator, needs Node.js {OldestMajorVersion} or newer, and there is no node on the PATH. "
                + Alternative);
        string version;
        try
        {
            var (_, lines) = await ChildCommand.RunAsync(node, ["--version"], Path.GetTempPath(), cancellationToken);
            version = lines.Count > 0 ? lines[^1] : "";
        }
        catch (Win32Exception error)
        {
            throw new AzuriteException(
                $"Azurite, the local storage emulator, needs Node.js, and {node} cannot be run. {Alternative}", error);
        }

        var major = version.TrimStart('v').Split('.')[0];
        return int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= OldestMajorVersion
            ? new NodeRuntime(node)
            : throw new AzuriteException(
                $"Azurite, the local storage emulator, needs Node.js {OldestMajorVersion} or newer, and {node} is {version}. {Alternative}");
    }

    /// <summary>The full path of <c>npm</c>.</summary>
    /// <exception cref="AzuriteException">It is missing.</exception>
    public static string FindNpm() => ChildCommand.Find("npm")
        ?? throw new AzuriteException(
            $"Azurite, the local storage emulator, is installed with npm once, and there is no npm on the PATH. {Alternative}");
}
