using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using AiFunctions.Local.Tests.Fixtures;

namespace AiFunctions.Local.Tests;

/// <summary>What a developer sees who starts the host, and ends it, on a machine of their own.</summary>
public sealed partial class StartupTests(AzuriteFixture azurite)
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60); // five, but on a slow machine
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_management_key_is_made_once_and_only_its_owner_can_read_it()
    {
        using var directory = new TemporaryDirectory();
        var settings = Settings(("Management__Key", null));
        var keyFile = Path.Combine(directory.Path, ".local", "management-key");

        await using (await LocalHost.StartAsync(settings, directory.Path))
        {
        }

        var key = (await File.ReadAllTextAsync(keyFile, Cancellation)).Trim();
        Assert.True(key.Length >= 32);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(keyFile));
        }


        await using var again = await LocalHost.StartAsync(settings, directory.Path);
        Assert.Equal(key, (await File.ReadAllTextAsync(keyFile, Cancellation)).Trim());
        Assert.DoesNotContain(key, again.Output, StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/manage/clients");
        request.Headers.Authorization = new("Bearer", key);
        using var response = await again.Http.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task What_keys_the_stored_hashes_is_made_once_and_nobody_else_can_look_into_the_directories()
    {
        using var directory = new TemporaryDirectory();
        await ShareAzuritePackageAsync(directory.Path);
        var settings = OwnStorage(FreePort.Next());
        settings["Authentication__HashKey"] = null;
        settings["Management__Key"] = null;
        settings["Local__DemoClient"] = "true";
        var secrets = Path.Combine(directory.Path, ".local");
        var hashKey = Path.Combine(secrets, "hash-key");
        Directory.CreateDirectory(secrets); // as an earlier version has left it, as that of the storage is

        string key;
        await using (var first = await LocalHost.StartAsync(settings, directory.Path))
        {
            key = Assert.Single(KeyPattern().Matches(first.Output).Select(match => match.Value).Distinct());
        }

        var secret = await File.ReadAllTextAsync(hashKey, Cancellation);
        Assert.True(secret.Trim().Length >= 32);
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Assert.Equal(Owners, File.GetUnixFileMode(hashKey));
            Assert.Equal(Owners | UnixFileMode.UserExecute, File.GetUnixFileMode(secrets));
            Assert.Equal(Owners | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(directory.Path, ".azurite")));
        }

        await using (var again = await LocalHost.StartAsync(settings, directory.Path))
        {
            using var served = await again.ChatAsync(key, "Hello");
            Assert.Equal(HttpStatusCode.OK, served.StatusCode);
            Assert.Equal(secret, await File.ReadAllTextAsync(hashKey, Cancellation));
        }

        File.Delete(hashKey);
        await using var lost = await LocalHost.StartAsync(settings, directory.Path);
        Assert.Contains("no longer works", lost.Output, StringComparison.Ordinal);
        using var refused = await lost.ChatAsync(key, "Hello");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task The_demo_clients_key_is_printed_once_and_the_printed_command_works()
    {
        using var directory = new TemporaryDirectory();
        var settings = Settings(("Local__DemoClient", "true"));
        string key;
        await using (var first = await LocalHost.StartAsync(settings, directory.Path))
        {
            key = Assert.Single(KeyPattern().Matches(first.Output).Select(match => match.Value).Distinct());
            if (OnPath("bash") && OnPath("curl"))
            {
                await using var shell = ChildProcess.Start("bash", ["-c", CurlCommand(first.Output)], directory.Path);
                var exitCode = await shell.Exited.WaitAsync(Soon, Cancellation);
                Assert.True(exitCode == 0, shell.Output);
                Assert.Contains("You asked: ", shell.StandardOutput, StringComparison.Ordinal);
            }
        }

        await using var second = await LocalHost.StartAsync(settings, directory.Path);
        Assert.DoesNotMatch(KeyPattern(), second.Output);
        using var response = await second.ChatAsync(key, "Hello");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Ctrl_C_ends_the_host_and_the_storage_that_it_started_and_keeps_the_data()
    {
        using var directory = new TemporaryDirectory();
        await ShareAzuritePackageAsync(directory.Path);
        var port = FreePort.Next();
        var settings = OwnStorage(port);
        string key;
        await using (var host = await LocalHost.StartAsync(settings, directory.Path))
        {
            key = await host.NewKeyAsync();
            Assert.False(FreePort.IsFree(port));

            var elapsed = await host.StopAsync();

            Assert.InRange(elapsed, TimeSpan.Zero, StopLimit);
            Assert.Equal(0, await host.Exited);
            Assert.True(FreePort.IsFree(port));
            Assert.Empty(AzuriteProcesses(directory.Path));
        }

        await using var again = await LocalHost.StartAsync(settings, directory.Path);
        using var response = await again.ChatAsync(key, "Hello");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Ctrl_C_ends_the_host_while_a_stream_is_open()
    {
        await using var upstream = await StubUpstream.StartAsync();
        var model = upstream.AddModel(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.SendTextAsync("first ");
            await exchange.CallerGone;
        });
        using var directory = new TemporaryDirectory();
        await ShareAzuritePackageAsync(directory.Path);
        var settings = OwnStorage(FreePort.Next());
        settings["Upstreams__0__Name"] = "stub";
        settings["Upstreams__0__Kind"] = "OpenAI";
        settings["Upstreams__0__BaseUrl"] = upstream.BaseUrl;
        settings["Upstreams__0__ApiKey"] = "key";
        settings["Upstreams__0__Models__0"] = "*";
        await using var host = await LocalHost.StartAsync(settings, directory.Path);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        request.Headers.Authorization = new("Bearer", await host.NewKeyAsync());
        request.Content = new StringContent($$"""{"model":"{{model}}","stream":true,"messages":[{"role":"user","content":"Hello"}]}""");
        request.Content.Headers.ContentType = new("application/json");
        using var response = await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        Assert.StartsWith("data: ", await reader.ReadLineAsync(Cancellation), StringComparison.Ordinal);

        var rest = reader.ReadToEndAsync(Cancellation);
        var elapsed = await host.StopAsync();

        Assert.InRange(elapsed, TimeSpan.Zero, StopLimit);
        Assert.Contains("\"code\":\"upstream_unavailable\"", await rest, StringComparison.Ordinal); // no silent cut
        Assert.Empty(AzuriteProcesses(directory.Path));
    }

    [Fact]
    public async Task Storage_that_ends_by_itself_is_told_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It finds the process in /proc.");
        using var directory = new TemporaryDirectory();
        await ShareAzuritePackageAsync(directory.Path);
        await using var host = await LocalHost.StartAsync(OwnStorage(FreePort.Next()), directory.Path);

        var id = Path.GetFileName(Assert.Single(AzuriteProcesses(directory.Path)));
        using (var storage = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture)))
        {
            storage.Kill();
        }

        await WaitUntilAsync(() => host.Output.Contains("Azurite has ended by itself", StringComparison.Ordinal));
        await host.WaitForHealthAsync(HttpStatusCode.ServiceUnavailable, Soon);
        var elapsed = await host.StopAsync();

        Assert.InRange(elapsed, TimeSpan.Zero, StopLimit);
        Assert.Single(host.Output.Split('\n'), line => line.Contains("Azurite has ended by itself", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("v18.19.1")]
    public async Task A_machine_without_a_recent_Node_is_told_so_in_one_line(string? version)
    {
        using var tools = new TemporaryDirectory();
        if (version is not null && !OperatingSystem.IsWindows())
        {
            var node = Path.Combine(tools.Path, "node");
            await File.WriteAllTextAsync(node, $"#!/bin/sh\necho {version}\n", Cancellation);
            File.SetUnixFileMode(node, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var settings = OwnStorage(FreePort.Next());
        settings["PATH"] = tools.Path;

        await AssertRefusedAsync(settings, "Storage__StartAzurite");
    }

    [Fact]
    public async Task A_killed_host_leaves_no_storage_running()
    {
        using var directory = new TemporaryDirectory();
        await ShareAzuritePackageAsync(directory.Path);
        var port = FreePort.Next();
        var settings = OwnStorage(port);
        string key;
        await using (var host = await LocalHost.StartAsync(settings, directory.Path))
        {
            key = await host.NewKeyAsync();
            if (OperatingSystem.IsLinux())
            {
                Assert.Single(AzuriteProcesses(directory.Path));
            }

            await host.KillAsync();
        }

        await WaitUntilAsync(() => FreePort.IsFree(port) && AzuriteProcesses(directory.Path).Count == 0);
        await using var again = await LocalHost.StartAsync(settings, directory.Path);
        using var response = await again.ChatAsync(key, "Hello");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Storage_is_installed_once_for_two_hosts_that_start_together()
    {
        const string Announcement = "Installing Azurite";
        using var directory = new TemporaryDirectory();
        var settings = OwnStorage(FreePort.Next());

        await using var one = LocalHost.Launch(settings, directory.Path);
        await using var two = LocalHost.Launch(settings, directory.Path);
        await Task.WhenAll(one.WaitUntilReadyAsync(), two.WaitUntilReadyAsync());

        Assert.Single(new[] { one, two }, host => host.Output.Contains(Announcement, StringComparison.Ordinal));
        if (OperatingSystem.IsLinux())
        {
            Assert.Single(AzuriteProcesses(directory.Path));
        }
    }

    [Fact]
    public async Task Something_else_on_the_storage_port_stops_the_start_with_one_clear_line()
    {
        await using var other = await StubUpstream.StartAsync();
        var port = new Uri(other.BaseUrl).Port;

        await AssertRefusedAsync(OwnStorage(port), "Storage__ConnectionString");
    }

    [Theory]
    [InlineData("Management__Key", "too-short", "Management__Key")]
    [InlineData("Management__AllowedNetworks__0", "203.0.113.0/33", "Management__AllowedNetworks__0")]
    [InlineData("Storage__TablePrefix", "not a prefix!", "Storage__TablePrefix")]
    [InlineData("Storage__ConnectionString", "nonsense", "Storage__ConnectionString")]
    [InlineData("Storage__StartAzurite", "perhaps", "Storage__StartAzurite")]
    [InlineData("Upstreams__0__Kind", "Telepathy", "Upstreams__0__Kind")]
    [InlineData("AnomalyDetection__Source", "Nowhere", "AnomalyDetection__Source")]
    [InlineData("AnomalyDetection__Schedule", "hourly", "AnomalyDetection__Schedule")]
    [InlineData("AnomalyDetection__QueryEndpoint", "http://logs.example", "AnomalyDetection__QueryEndpoint")]
    [InlineData("AbuseBlocking__Violations", "-1", "AbuseBlocking__Violations")]
    [InlineData("AbuseBlocking__LongestBlockSeconds", "30", "AbuseBlocking__LongestBlockSeconds")]
    [InlineData("CallerAddress__Proxies", "11", "CallerAddress__Proxies")]
    [InlineData("InputGuard__Mode", "Perhaps", "InputGuard__Mode")]
    [InlineData("KeyRotation__GraceDays", "-1", "KeyRotation__GraceDays")]
    [InlineData("OutputFilter__Actions__email", "Hide", "OutputFilter__Actions__email")]
    [InlineData("OutputFilter__Actions__e_mail", "Redact", "OutputFilter__Actions__e_mail")]
    [InlineData("InputGuard__BlockThreshold", "0.1", "InputGuard__BlockThreshold")]
    [InlineData("InputGuard__PromptShields__Endpoint", "http://shields.example", "InputGuard__PromptShields__Endpoint")]
    [InlineData("Cors__AllowedOrigins__0", "*", "Cors__AllowedOrigins")]
    [InlineData("Authentication__Jwt__Authority", "http://authority.example", "Authentication__Jwt__Authority")]
    [InlineData("Authentication__Jwt__Authority", "https://authority.example", "Authentication__Jwt__Audience")]
    [InlineData("Authentication__ClientCertificates__Mode", "Sometimes", "Authentication__ClientCertificates__Mode")]
    [InlineData("Authentication__ClientCertificates__CheckRevocation", "true", "Authentication__ClientCertificates__CheckRevocation")]
    [InlineData("Authentication__ClientCertificates__ChainTrust", "CustomRoots", "Authentication__ClientCertificates__TrustedRoots")]
    public async Task A_bad_setting_stops_the_start_with_one_clear_line(string name, string value, string namedInTheLine) =>
        await AssertRefusedAsync(Settings((name, value)), namedInTheLine);

    private static async Task AssertRefusedAsync(IReadOnlyDictionary<string, string?> settings, string name)
    {
        await using var host = LocalHost.Launch(settings);

        var exitCode = await host.Exited.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);

        Assert.NotEqual(0, exitCode);
        var line = Assert.Single(host.Output.Split('\n'), line => !string.IsNullOrWhiteSpace(line));
        Assert.True(
            line.Contains(name, StringComparison.OrdinalIgnoreCase)
            || line.Contains(name.Replace("__", ":", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase),
            line);
    }

    private static bool OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(directory => File.Exists(Path.Combine(directory, program)));

    /// <summary>The printed command, with its continuation lines.</summary>
    private static string CurlCommand(string output)
    {
        var lines = output.Split('\n').SkipWhile(line => !line.TrimStart().StartsWith("curl ", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(lines);
        var count = 1 + lines.TakeWhile(line => line.TrimEnd().EndsWith('\\')).Count();
        return string.Join('\n', lines.Take(count));
    }

    private static Dictionary<string, string?> OwnStorage(int port) => new()
    {
        ["Storage__ConnectionString"] = AzuriteFixture.DevelopmentStorage(port),
        ["Storage__StartAzurite"] = "true",
    };

    /// <summary>Saves the host its installation: the one that the tests share is the same.</summary>
    private static async Task ShareAzuritePackageAsync(string directory)
    {
        var data = Directory.CreateDirectory(Path.Combine(directory, ".azurite"));
        Directory.CreateSymbolicLink(Path.Combine(data.FullName, "npm"), await NpmPackages.AzuriteAsync());
    }

    /// <summary>The Azurites whose data is in this directory; none where processes cannot be looked at.</summary>
    private static List<string> AzuriteProcesses(string directory)
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        var found = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                var command = File.ReadAllText(Path.Combine(process, "cmdline"));
                if (command.Contains("start-azurite.mjs", StringComparison.Ordinal) && command.Contains(directory, StringComparison.Ordinal))
                {
                    found.Add(process);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }

        return found;
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        timeout.CancelAfter(Soon);
        while (!condition())
        {
            await Task.Delay(Poll, timeout.Token);
        }
    }

    private Dictionary<string, string?> Settings(params (string Name, string? Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Storage__ConnectionString"] = azurite.ConnectionString,
            ["Storage__TablePrefix"] = AzuriteFixture.NewTablePrefix(),
        };
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return all;
    }

    [GeneratedRegex("aif_[A-Za-z0-9]+_[A-Za-z0-9_-]+")]
    private static partial Regex KeyPattern();
}
