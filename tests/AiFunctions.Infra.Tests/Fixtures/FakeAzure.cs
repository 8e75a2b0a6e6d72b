using System.Text.Json;

namespace AiFunctions.Infra.Tests.Fixtures;

/// <summary>A directory to stand first in the path, with an <c>az</c> that keeps a vault's secrets as files and writes down how it was called.</summary>
internal sealed class FakeAzure : IDisposable
{
    private const string Vault = "/subscriptions/1/resourceGroups/rg-test/providers/Microsoft.KeyVault/vaults/kv-test";
    private const string App = "/subscriptions/1/resourceGroups/rg-test/providers/Microsoft.Web/sites/func-test";

    private const string Script = """
        #!/bin/sh
        printf '%s\n' "$*" >>"$FAKE/calls"
        url= body= method=
        while [ $# -gt 0 ]; do
          case $1 in
            --url) url=$2 ;;
            --body) body=${2#@} ;;
            --method) method=$2 ;;
          esac
          shift
        done
        case "$method $url" in
          "get "*/secrets/*)
            if [ -n "${FAKE_REFUSES:-}" ]; then
              echo 'Forbidden({"error":{"code":"AuthorizationFailed"}})' >&2
              exit 1
            fi
            name=${url##*/secrets/}
            [ -f "$FAKE/secret-${name%%\?*}" ] || { echo 'Not Found({"error":{"code":"SecretNotFound"}})' >&2; exit 1; }
            ;;
          "put "*/secrets/*)
            name=${url##*/secrets/}
            stat -c %a "$body" >>"$FAKE/modes"
            echo "$body" >>"$FAKE/bodies"
            cp "$body" "$FAKE/secret-${name%%\?*}"
            ;;
          "get "*/configreferences/*)
            if [ -f "$FAKE/unresolved" ]; then
              rm "$FAKE/unresolved"
              echo 2
            else
              echo 0
            fi
            ;;
        esac
        """;

    private readonly TemporaryDirectory _directory = new();

    public FakeAzure()
    {
        var az = _directory.File("az");
        File.WriteAllText(az, Script + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(az, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public string[] Calls => Lines("calls");

    /// <summary>The rights on the files that secrets were handed over in, as octal digits.</summary>
    public string[] BodyModes => Lines("modes");

    /// <summary>Those files.</summary>
    public string[] Bodies => Lines("bodies");

    /// <summary>Makes the app's references resolve at the second look only.</summary>
    public void DelayReferences() => File.WriteAllText(_directory.File("unresolved"), "");

    public string? Secret(string name)
    {
        var file = _directory.File($"secret-{name}");
        if (!File.Exists(file))
        {
            return null;
        }

        using var body = JsonDocument.Parse(File.ReadAllText(file));
        return body.RootElement.GetProperty("properties").GetProperty("value").GetString();
    }

    public Task<CommandResult> RunAsync(string hook, params (string Name, string Value)[] variables)
    {
        var environment = new Dictionary<string, string?>
        {
            ["PATH"] = $"{_directory.Path}:{Environment.GetEnvironmentVariable("PATH")}",
            ["FAKE"] = _directory.Path,
            ["AZURE_KEY_VAULT_ID"] = Vault,
            ["AZURE_KEY_VAULT_NAME"] = "kv-test",
            ["AZURE_PRINCIPAL_ID"] = null,
            ["FUNCTION_APP_ID"] = App,
            ["GATEWAY_URL"] = "https://func-test.example.net",
            ["RETRY_SECONDS"] = "0",
        };
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return Command.RunAsync("sh", [hook], Repository.Path("."), environment);
    }

    public void Dispose() => _directory.Dispose();

    private string[] Lines(string file) => File.Exists(_directory.File(file)) ? File.ReadAllLines(_directory.File(file)) : [];
}
