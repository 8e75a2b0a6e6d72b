using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.Storage;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Health;

/// <summary><c>GET /healthz</c>: ready when storage answers.</summary>
/// <remarks>Anyone may ask, so storage is asked at most once a second, and only one question at a time is under way.</remarks>
internal sealed class HealthEndpoint(TableStorage storage, TimeProvider time)
{
    private readonly GatewayTable _table = storage.GetTable("Clients");
    private readonly Lock _lock = new();
    private Task? _probe;
    private long _probedAt;

    public async Task CheckAsync(HttpContext context)
    {
        await Probe().WaitAsync(context.RequestAborted); // a failure becomes 503 storage_unavailable
        await JsonResponse.WriteAsync(context, StatusCodes.Status200OK, static writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("status"u8, "ok"u8);
            writer.WriteEndObject();
        });
    }

    private Task Probe()
    {
        lock (_lock)
        {
            if (_probe is null || (_probe.IsCompleted && time.GetElapsedTime(_probedAt) >= TimeSpan.FromSeconds(1)))
            {
                _probedAt = time.GetTimestamp();
                _probe = _table.ProbeAsync(CancellationToken.None);
            }

            return _probe;
        }
    }
}
