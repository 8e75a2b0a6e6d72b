using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;

namespace AiFunctions.ColdStart;

/// <summary>The published Local host in a directory of its own, with an Azurite that runs on while the host is started again and again.</summary>
internal sealed class LocalFrontDoor : IAsyncDisposable
{
    private static readonly TimeSpan LongestProfile = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ProfilePoll = TimeSpan.FromSeconds(1);

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
        _storageOwner = Launch(first, _directory);
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
            var limits = new
            {
                requests_per_minute = 1_000_000,
                requests_per_day = 1_000_000,
                tokens_per_minute = 1_000_000_000,
                tokens_per_day = 1_000_000_000,
                concurrent_requests = 1000,
            };
            var client = await PostAsync(http, "/manage/clients", new { name = "cold start", tier = "pro", limits }, "id");
            front._key = await PostAsync(http, $"/manage/clients/{client}/keys", new { }, "key");
            await front.HaveAProfileWrittenAsync(http);
            return front;
        }
        catch
        {
            await front.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the host, has a chat answered twice and ends it.</summary>
    /// <param name="first">In a directory that no host was started in before.</param>
    public async Task<Start> MeasureAsync(bool first)
    {
        var address = FreeAddress.Next();
        var directory = first ? _directory.CreateSubdirectory(Path.GetRandomFileName()) : _directory;
        using var process = Launch(address, directory);
        return await process.MeasureAsync(address, () => Chat(address));
    }

    /// <summary>Ends Azurite and deletes all data.</summary>
    public ValueTask DisposeAsync()
    {
        _storageOwner.Dispose();
        _directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private MeasuredProcess Launch(Uri address, DirectoryInfo directory) => new(_program, ["--urls", address.AbsoluteUri], directory.FullName, _environment);

    private HttpRequestMessage Chat(Uri address) => new(HttpMethod.Post, new Uri(address, "/v1/chat/completions"))
    {
        Headers = { Authorization = new AuthenticationHeaderValue("Bearer", _key) },
        Content = JsonContent.Create(new { model = "simulator", messages = new[] { new { role = "user", content = "Hello!" } } }),
    };

    // The host writes it a minute after its start; those that are measured are killed before.
    private async Task HaveAProfileWrittenAsync(HttpClient http)
    {
        using (var request = Chat(http.BaseAddress!))
        {
            using var response = await http.SendAsync(request);
            response.EnsureSuccessStatusCode();
        }

        var profile = Path.Combine(_directory.FullName, ".local", "startup-profile");
        for (var waited = TimeSpan.Zero; !File.Exists(profile) && waited < LongestProfile; waited += ProfilePoll)
        {
            await Task.Delay(ProfilePoll);
        }

        if (!File.Exists(profile))
        {
            await Console.Error.WriteLineAsync("The host has written no profile of its start: every start is measured as a first one.");
        }
    }

    private static async Task<string> PostAsync(HttpClient http, string path, object body, string field)
    {
        using var response = await http.PostAsJsonAsync(path, body);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty(field).GetString()!;
    }
}
