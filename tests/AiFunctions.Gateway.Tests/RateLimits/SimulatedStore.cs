using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.Tests.RateLimits;

/// <summary>One counter entity whose calls are carried out when the test says so, in any order, and whose answers may get lost.</summary>
internal sealed class SimulatedStore : ICounterStore
{
    private readonly List<Call> _calls = [];
    private int _version;

    private delegate void Call(bool carryOut, bool answer);

    public CounterState? State { get; private set; }

    public int Writes { get; private set; }

    public int Reads { get; private set; }

    public int Pending => _calls.Count;

    public Task<(CounterState State, string? Version)> ReadAsync(string clientId, CancellationToken cancellationToken) => Enqueue(() =>
    {
        Reads++;
        return (State ?? new CounterState(), State is null ? null : $"{_version}");
    });

    public Task<string?> TryWriteAsync(string clientId, CounterState state, string? version, CancellationToken cancellationToken) => Enqueue(() =>
    {
        Writes++;
        if (version != (State is null ? null : $"{_version}"))
        {
            return null;
        }

        State = state;
        return $"{++_version}";
    });

    /// <summary>Carries out one call or not, and answers it or not.</summary>
    public void Step(int index, bool carryOut = true, bool answer = true)
    {
        var call = _calls[index];
        _calls.RemoveAt(index);
        call(carryOut, answer);
    }

    private Task<T> Enqueue<T>(Func<T> call)
    {
        var answer = new TaskCompletionSource<T>();
        _calls.Add((carryOut, answered) =>
        {
            var result = carryOut ? call() : default;
            if (carryOut && answered)
            {
                answer.SetResult(result!);
            }
            else
            {
                answer.SetException(new StorageUnavailableException(new TimeoutException()));
            }
        });
        return answer.Task;
    }
}
