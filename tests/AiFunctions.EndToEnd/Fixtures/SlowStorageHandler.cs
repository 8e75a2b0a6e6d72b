using System.Diagnostics;
using System.Net;

namespace AiFunctions.EndToEnd.Fixtures;

/// <summary>
/// Sends a request again that was refused because storage could not be reached, while the gateway's health says that it can: storage on a busy
/// machine is slow, and that is no outage. In a real outage the refusal stands.
/// </summary>
internal sealed class SlowStorageHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable
                || Stopwatch.GetElapsedTime(started) > Longest
                || !(await response.Content.ReadAsStringAsync(cancellationToken)).Contains("storage_unavailable", StringComparison.Ordinal)
                || !await IsHealthyAsync(request.RequestUri!, cancellationToken))
            {
                return response;
            }

            response.Dispose();
            await Task.Delay(Poll, cancellationToken); // a failure is remembered for a second
        }
    }

    private async Task<bool> IsHealthyAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/healthz"));
        using var response = await base.SendAsync(request, cancellationToken);
        return response.IsSuccessStatusCode;
    }
}
