using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;

namespace AiFunctions.ColdStart;

/// <summary>The published Local host in a directory of its own, with an Azurite that runs on while the host is started again and again.</summary>
internal sealed class LocalFrontDoor : IAsyncDisposable
{
    private readonly string _program;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cold-start");
    private readonly Dictionary<string, string> _environment;
    private readonly MeasuredProcess _storageOwner;
    private string _key = "";

    private LocalFrontDoor(string publishDirectory, Uri first)
    {
        _program = ProgramIn(publishDirectory);
        _environment = new()
        {
            ["Management__Key"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)),
            ["Local__DemoClient"] = "false",
            ["Simulator__WordDelayMilliseconds"] = "0",
            ["Storage__ConnectionString"] = "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
                + "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;" // the emulator's, which is public
                + $"TableEndpoint=http://127.0.0.1:{FreeAddress.Next().Port}/devstoreaccount1;",
        };
        _storageOwner = Launch(first);
    }

    /// <summary>The program in the directory of the published host.</summary>
    public static string ProgramIn(string publishDirectory) => Path.Combine(publishDirectory, OperatingSystem.IsWindows() ? "AiFunctions.Local.exe" : "AiFunctions.Local");

    /// <summary>Starts the host that starts Azurite, and makes a client.</summary>
    public static async Task<LocalFrontDoor> PrepareAsync(string publishDirectory)
    {
        var address = FreeAddress.Next();
        var front = new LocalFrontDoor(publishDirectory, address);
        try
        {
            await front._storageOwner.WaitUntilItListensAsync(address);
            using var http = new HttpClient { BaseAddress = address };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", front._environment["Management__Key"]);

            // Hosts that are killed take with them what they had leased; it must not run out.
            var limits = new { requests_per_minute = 1_000_000, requests_per_day = 1_000_000, tokens_per_minute = 1_000_000_000, tokens_per_day = 1_000_000_000, concurrent_requests = 1000 };
            var client = await PostAsync(http, "/manage/clients", new { name = "cold start", tier = "pro", limits }, "id");
            front._key = await PostAsync(http, $"/manage/clients/{client}/keys", new { }, "key");
            return front;
        }
        catch
        {
            await front.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the host, has a chat answered twice and ends it.</summary>
    public async Task<Start> MeasureAsync()
    {
        var address = FreeAddress.Next();
        using var process = Launch(address);
        return await process.MeasureAsync(address, () => new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/v1/chat/completions"))
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", _key) },
            Content = JsonContent.Create(new { model = "simulator", messages = new[] { new { role = "user", content = "Hello!" } } }),
        });
    }

    /// <summary>Ends Azurite and deletes all data.</summary>
    public ValueTask DisposeAsync()
    {
        _storageOwner.Dispose();
        _directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private MeasuredProcess Launch(Uri address) => new(_program, ["--urls", address.AbsoluteUri], _directory.FullName, _environment);

    private static async Task<string> PostAsync(HttpClient http, string path, object body, string field)
    {
        using var response = await http.PostAsJsonAsync(path, body);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty(field).GetString()!;
    }
}
