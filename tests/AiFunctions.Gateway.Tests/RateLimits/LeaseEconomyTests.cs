using System.Globalization;
using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.Storage;
using AiFunctions.Gateway.Tiers;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.RateLimits;

/// <summary>What the leases cost in table operations and how much of a limit they get used, in simulated time with a store that takes its time.</summary>
public class LeaseEconomyTests
{
    /// <summary>How long a call of a model takes, while its slot is in use.</summary>
    private static readonly TimeSpan ServiceTime = TimeSpan.FromSeconds(2);

    /// <summary>The same where 50 000 a second are to have no more than 1000, the most that a client may have, under way at once.</summary>
    private static readonly TimeSpan ShortServiceTime = TimeSpan.FromMilliseconds(15);

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 300, 1.0)]
    [InlineData(1, 300, 10.0)]
    [InlineData(1, 600, 1.0)]
    [InlineData(1, 3000, 2.0)]
    public void One_instance_admits_exactly_the_limit_with_hardly_a_table_operation(int instances, long limit, double load)
    {
        var result = Run(instances, limit, load, minutes: 4, latency: TimeSpan.FromMilliseconds(8));

        Print(instances, limit, load, result);
        Assert.All(result.AdmittedPerMinute, admitted => Assert.InRange(admitted, load > 1 ? limit : limit - 2, limit)); // at the turn of a minute one or two wait for the store
        Assert.True(result.OperationsPerAdmitted <= 0.1, $"{result.OperationsPerAdmitted} operations per admitted request");
    }

    [Theory]
    [InlineData(2, 300, 1.0)]
    [InlineData(2, 300, 10.0)]
    [InlineData(4, 300, 10.0)]
    [InlineData(8, 300, 1.0)]
    [InlineData(8, 300, 1.5)]
    [InlineData(8, 300, 10.0)]
    [InlineData(8, 10, 10.0)]
    [InlineData(20, 3000, 10.0)]
    public void Several_instances_use_nearly_all_of_it(int instances, long limit, double load)
    {
        var result = Run(instances, limit, load, minutes: 4, latency: TimeSpan.FromMilliseconds(8));

        Print(instances, limit, load, result);
        Assert.All(result.AdmittedPerMinute, admitted => Assert.InRange(admitted, limit * 0.95, limit));
    }

    /// <summary>As many senders as the client has slots, each of which sends one request after the other to the next instance.</summary>
    [Theory]
    [InlineData(2, 3, 0, 10_000)]
    [InlineData(2, 3, 10, 10_000)]
    [InlineData(1, 3, 10, 3_000)]
    [InlineData(3, 8, 10, 5_000)]
    [InlineData(20, 8, 10, 20_000)]
    public void A_client_that_keeps_to_its_slots_is_never_refused(int slots, int instances, int longestPause, int requests)
    {
        var thread = new SingleThread();
        var clock = new FakeTimeProvider(Start);
        var store = new LatentStore(clock, TimeSpan.FromMilliseconds(8));
        var limits = new EffectiveLimits(long.MaxValue / 4, long.MaxValue / 4, long.MaxValue / 4, long.MaxValue / 4, slots, 0, 1000, 100);
        var leases = Enumerable.Range(0, instances).Select(i => new ClientLease("client", $"i{i}", store, clock, StorageFailurePolicy.Deny)).ToArray();
        var random = new Random(slots + instances);
        var due = new PriorityQueue<Action, long>();
        var (sent, served, refused, underWay, most, waited, longestWait) = (0, 0, 0, 0, 0, TimeSpan.Zero, TimeSpan.Zero);
        thread.Run(() =>
        {
            for (var i = 0; i < slots; i++)
            {
                _ = SendAsync();
            }
        });
        for (var millisecond = 0; served + refused < requests; millisecond++)
        {
            Assert.True(millisecond < 20_000_000, $"{served} served");
            thread.Run(() =>
            {
                while (due.TryPeek(out var next, out var at) && at <= clock.GetUtcNow().Ticks)
                {
                    due.Dequeue();
                    next();
                }

                foreach (var lease in leases.Where((_, i) => millisecond % 1000 == i * 1000 / instances))
                {
                    _ = lease.TickAsync(stopping: false, None);
                }
            });
            thread.Run(() => clock.Advance(TimeSpan.FromMilliseconds(1)));
            thread.Run(store.AnswerWhatIsDue);
        }

        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {slots} slots | {instances} instances | {served} served | {refused} refused | "
                + $"waited {waited.TotalMilliseconds / (served + refused):0} ms on average, {longestWait.TotalMilliseconds:0} ms at most | "
                + $"{(double)store.Operations / served:0.00} operations/request |"));
        Assert.Equal(0, refused);
        Assert.InRange(most, 1, slots);

        async Task SendAsync()
        {
            if (sent >= requests)
            {
                return;
            }

            var lease = leases[sent++ % instances];
            var began = clock.GetUtcNow();
            var (_, denial) = await lease.AdmitAsync(limits, None);
            var wait = clock.GetUtcNow() - began;
            waited += wait;
            longestWait = wait > longestWait ? wait : longestWait;
            if (denial is not null)
            {
                refused++;
                _ = SendAsync();
                return;
            }

            most = Math.Max(most, ++underWay);
            due.Enqueue(
                () =>
                {
                    underWay--;
                    served++;
                    lease.Release();
                    due.Enqueue(() => _ = SendAsync(), clock.GetUtcNow().AddMilliseconds(random.Next(longestPause + 1)).Ticks);
                },
                clock.GetUtcNow().AddMilliseconds(random.Next(5, 400)).Ticks);
        }
    }

    /// <summary>200 instances, 50 000 requests/s of one client. Takes a minute: <c>dotnet test … -- xUnit.Explicit=only</c>.</summary>
    [Theory(Explicit = true)]
    [InlineData(3_000_000, 1.0)]
    [InlineData(1_500_000, 2.0)]
    [InlineData(300_000, 10.0)]
    public void Two_hundred_instances(long limit, double load)
    {
        var result = Run(200, limit, load, minutes: 3, latency: TimeSpan.FromMilliseconds(8), ShortServiceTime);

        Print(200, limit, load, result);
        Assert.All(result.AdmittedPerMinute, admitted => Assert.True(admitted <= limit));
        Assert.True(result.OperationsPerSecond < 2000, "the published limit of one partition");
    }

    private static void Print(int instances, long limit, double load, Result result) => TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {instances,3} instances | {limit,9}/min | load {load,4:0.0} x | admitted "
            + $"{100.0 * result.AdmittedPerMinute.Average() / limit,6:0.00} % of the limit | {result.OperationsPerAdmitted:0.0000} "
            + $"operations/admitted | {result.OperationsPerSecond,7:0.0} operations/s, busiest second {result.BusiestSecond}, "
            + $"{result.BusiestColdSecond} on a cold start of all | refused for contention {result.Contended} | {result.Reads} reads, "
            + $"{result.Writes} writes, {result.Conflicts} of them in vain |"));

    private static Result Run(int instances, long limit, double load, int minutes, TimeSpan latency, TimeSpan? service = null)
    {
        var thread = new SingleThread();
        var clock = new FakeTimeProvider(Start);
        var store = new LatentStore(clock, latency);
        var limits = new EffectiveLimits(limit, long.MaxValue / 4, long.MaxValue / 4, long.MaxValue / 4, 1000 * instances, 0, 1000, 100);
        var leases = Enumerable.Range(0, instances).Select(i => new ClientLease("client", $"i{i}", store, clock, StorageFailurePolicy.Deny)).ToArray();
        var admitted = new Dictionary<long, long>();
        var atWork = new Queue<(DateTimeOffset EndsAt, ClientLease Lease)>();
        var contended = 0;
        var busiest = 0L;
        var first = 0L;
        var due = 0.0;
        var turn = 0;
        var offered = 0L;
        var perMillisecond = limit * load / 60_000;
        for (var millisecond = 0; millisecond < minutes * 60_000; millisecond++)
        {
            var before = store.Operations;
            thread.Run(() =>
            {
                while (atWork.TryPeek(out var work) && work.EndsAt <= clock.GetUtcNow())
                {
                    atWork.Dequeue().Lease.Release();
                }

                for (due += perMillisecond; due >= 1; due--)
                {
                    offered++;
                    _ = RequestAsync(leases[turn++ % instances]);
                }

                if (millisecond % 1000 == 999)
                {
                    foreach (var lease in leases)
                    {
                        _ = lease.TickAsync(stopping: false, None);
                    }
                }
            });
            thread.Run(() => clock.Advance(TimeSpan.FromMilliseconds(1)));
            thread.Run(store.AnswerWhatIsDue);
            store.InThisSecond += store.Operations - before;
            if (millisecond % 1000 == 999)
            {
                busiest = millisecond < 60_000 ? 0 : Math.Max(busiest, store.InThisSecond);
                first = Math.Max(first, store.InThisSecond);
                store.InThisSecond = 0;
            }
        }

        return new Result(
            [.. admitted.Values.Take(minutes)],
            offered / minutes,
            (double)store.Operations / admitted.Values.Sum(),
            store.Operations / (minutes * 60.0),
            busiest,
            first,
            contended,
            store.Reads,
            store.Operations - store.Reads,
            store.Conflicts);

        async Task RequestAsync(ClientLease lease)
        {
            try
            {
                if (await lease.AdmitAsync(limits, None) is (true, null))
                {
                    var minute = lease.Standing.Minute;
                    admitted[minute] = admitted.GetValueOrDefault(minute) + 1;
                    atWork.Enqueue((clock.GetUtcNow() + (service ?? ServiceTime), lease));
                }
            }
            catch (StorageUnavailableException)
            {
                contended++;
            }
        }
    }

    private static readonly CancellationToken None = CancellationToken.None;

    private sealed record Result(
        long[] AdmittedPerMinute, long OfferedPerMinute, double OperationsPerAdmitted, double OperationsPerSecond, long BusiestSecond, long BusiestColdSecond, int Contended,
        long Reads, long Writes, long Conflicts);

    /// <summary>Carries each call out in the middle of the time it takes.</summary>
    private sealed class LatentStore(TimeProvider clock, TimeSpan latency) : ICounterStore
    {
        private readonly PriorityQueue<Action, long> _due = new();
        private CounterState? _state;
        private int _version;

        public long Operations { get; private set; }

        public long Reads { get; private set; }

        public long Conflicts { get; private set; }

        public long InThisSecond { get; set; }

        public Task<(CounterState State, string? Version)> ReadAsync(string clientId, CancellationToken cancellationToken) =>
            Call(() =>
            {
                Reads++;
                return (_state ?? new CounterState(), _state is null ? null : $"{_version}");
            });

        public Task<string?> TryWriteAsync(string clientId, CounterState state, string? version, CancellationToken cancellationToken) => Call(() =>
        {
            if (version != (_state is null ? null : $"{_version}"))
            {
                Conflicts++;
                return null;
            }

            _state = state;
            return $"{++_version}";
        });

        public void AnswerWhatIsDue()
        {
            while (_due.TryPeek(out var call, out var at) && at <= clock.GetUtcNow().Ticks)
            {
                _due.Dequeue();
                call();
            }
        }

        private Task<T> Call<T>(Func<T> call)
        {
            Operations++;
            var answer = new TaskCompletionSource<T>();
            var now = clock.GetUtcNow();
            _due.Enqueue(
                () =>
                {
                    var result = call();
                    _due.Enqueue(() => answer.SetResult(result), (now + latency).Ticks);
                },
                (now + (latency / 2)).Ticks);
            return answer.Task;
        }
    }
}
