using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;

namespace AiFunctions.EndToEnd.Fixtures;

/// <summary>The front door that was started elsewhere. What is made there is deleted in the end.</summary>
internal sealed class AttachedFrontDoor(Uri address) : FrontDoor(RunningFrontDoor.ManagementKey)
{
    private readonly ConcurrentQueue<string> _clients = [];

    public override bool IsBehindHost => true;

    public override bool KeepsRequestLog => false;

    public override int ProcessId => throw Skipped();

    public override string Output => "";

    public override Task<int> Exited => throw Skipped();

    public override Task<(int ExitCode, IReadOnlyList<string> Lines)> WaitForFailedStartAsync() => throw Skipped();

    public override Task<TimeSpan> StopAsync() => throw Skipped();

    public override Task KillAsync() => throw Skipped();

    /// <summary>Some tests have deleted theirs.</summary>
    public override async ValueTask DisposeAsync()
    {
        foreach (var id in _clients)
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri($"/manage/clients/{id}", UriKind.Relative));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ManagementKey);
            using var response = await Http.SendAsync(request);
            Assert.True(response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotFound, $"Client {id} is left behind: {(int)response.StatusCode}.");
        }

        await base.DisposeAsync();
    }

    protected override Task<Uri> WaitUntilListeningAsync() => Task.FromResult(address);

    protected override void OnClientCreated(string id) => _clients.Enqueue(id);

    [DoesNotReturn]
    private static InvalidOperationException Skipped()
    {
        RunningFrontDoor.Skip("the host's process");
        return null; // never reached
    }
}
