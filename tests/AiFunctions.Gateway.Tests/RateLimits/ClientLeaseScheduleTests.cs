using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.Storage;
using AiFunctions.Gateway.Tiers;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.RateLimits;

/// <summary>
/// Several instances with clocks up to 5 s apart share one client's counters. In random schedules requests come and go, calls to the store
/// are carried out in any order, their answers get lost, instances crash and stop: no window and no concurrency limit is ever exceeded.
/// </summary>
public class ClientLeaseScheduleTests
{
    private const int Schedules = 100_000;
    private const int Steps = 60;
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 23, 58, 30, TimeSpan.Zero); // a day ends within the first minutes

    [Fact]
    public void No_schedule_exceeds_a_limit()
    {
        long admitted = 0;
        Gen.Int[0, int.MaxValue].Sample(
            seed =>
            {
                var schedule = new Schedule(seed);
                schedule.Run();
                Interlocked.Add(ref admitted, schedule.Admitted);
            },
            iter: Schedules);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Schedules} schedules, {admitted} requests admitted.");
        Assert.True(admitted > Schedules); // they did something
    }

    private sealed class Schedule(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly SingleThread _thread = new();
        private readonly SimulatedStore _store = new();
        private readonly List<Instance> _instances = [];
        private readonly List<Request> _active = [];
        private readonly Dictionary<long, long> _requestsInMinute = [];
        private readonly Dictionary<long, long> _requestsInDay = [];
        private readonly Dictionary<long, long> _tokensInMinute = [];
        private readonly Dictionary<long, long> _tokensInDay = [];
        private EffectiveLimits _limits = null!;
        private DateTimeOffset _now = Start;
        private int _started;

        public long Admitted { get; private set; }

        public void Run()
        {
            _limits = new EffectiveLimits(
                _random.Next(1, 25), _random.Next(1, 60), _random.Next(20, 300), _random.Next(20, 600), _random.Next(1, 7), 0, 1000, 100);
            for (var i = _random.Next(1, 5); i > 0; i--)
            {
                _instances.Add(new Instance(this, $"i{_started++}"));
            }

            for (var step = 0; step < Steps; step++)
            {
                _thread.Run(Step);
                Check();
            }
        }

        private void Step()
        {
            var instance = _instances[_random.Next(_instances.Count)];
            switch (_random.Next(100))
            {
                case < 40:
                    _ = RequestAsync(instance);
                    break;
                case < 70 when _store.Pending > 0:
                    var fate = _random.Next(100);
                    _store.Step(_random.Next(_store.Pending), carryOut: fate < 93, answer: fate < 87);
                    break;
                case < 82 when _active.Count > 0:
                    End(_active[_random.Next(_active.Count)]);
                    break;
                case < 90:
                    var time = TimeSpan.FromMilliseconds(_random.Next(4) == 0 ? _random.Next(40_000) : _random.Next(2_000));
                    _now += time;
                    _instances.ForEach(each => each.Clock.Advance(time));
                    break;
                case < 96:
                    _ = Ignore(instance.Lease.TickAsync(stopping: false, CancellationToken.None));
                    break;
                case < 98:
                    // A crash: its requests are gone, its calls may still be carried out, nobody hears of it.
                    _active.RemoveAll(request => request.Instance == instance);
                    instance.Dead = true;
                    _instances[_instances.IndexOf(instance)] = new Instance(this, $"i{_started++}");
                    break;
                default:
                    if (_active.TrueForAll(request => request.Instance != instance))
                    {
                        // A clean stop, after which nothing comes to it.
                        _ = Ignore(instance.Lease.TickAsync(stopping: true, CancellationToken.None));
                        instance.Dead = true;
                        _instances[_instances.IndexOf(instance)] = new Instance(this, $"i{_started++}");
                    }

                    break;
            }
        }

        private async Task RequestAsync(Instance instance)
        {
            try
            {
                var (live, denial) = await instance.Lease.AdmitAsync(_limits, CancellationToken.None);
                if (!live || denial is not null || instance.Dead)
                {
                    return;
                }

                Admitted++;
                var standing = instance.Lease.Standing;
                Count(_requestsInMinute, standing.Minute, 1);
                Count(_requestsInDay, standing.Day, 1);
                var request = new Request(instance);
                _active.Add(request);

                var (reservation, refused) = await instance.Lease.ReserveAsync(_limits, _random.Next(1, 60), CancellationToken.None);
                if (refused is null && _active.Contains(request))
                {
                    request.Reservation = reservation;
                    Count(_tokensInMinute, reservation.MinuteWindow, reservation.Tokens);
                    Count(_tokensInDay, reservation.DayWindow, reservation.Tokens);
                }
            }
            catch (StorageUnavailableException)
            {
                // 503
            }
        }

        private void End(Request request)
        {
            _active.Remove(request);
            if (request.Reservation is { } reservation)
            {
                var used = _random.Next((int)reservation.Tokens + 1);
                request.Instance.Lease.Settle(reservation, used);
                Count(_tokensInMinute, reservation.MinuteWindow, used - reservation.Tokens);
                Count(_tokensInDay, reservation.DayWindow, used - reservation.Tokens);
            }

            request.Instance.Lease.Release();
        }

        private void Check()
        {
            Holds(_requestsInMinute, _limits.RequestsPerMinute, "requests in a minute");
            Holds(_requestsInDay, _limits.RequestsPerDay, "requests in a day");
            Holds(_tokensInMinute, _limits.TokensPerMinute, "tokens in a minute");
            Holds(_tokensInDay, _limits.TokensPerDay, "tokens in a day");

            // A claim that was not renewed for its whole lifetime is lost to others, while the requests under way end in their own time.
            _active.ForEach(request => request.OutlivedItsClaim |= !request.Instance.Lease.Standing.ClaimHolds);
            var atOnce = _active.Count(request => !request.OutlivedItsClaim);
            Assert.True(atOnce <= _limits.ConcurrentRequests, $"seed {seed}: {atOnce} at once of {_limits.ConcurrentRequests}");
        }

        private void Holds(Dictionary<long, long> windows, long limit, string what)
        {
            foreach (var (window, units) in windows)
            {
                Assert.True(units <= limit, $"seed {seed}: {units} {what} of {limit} in window {window}");
            }
        }

        private static void Count(Dictionary<long, long> windows, long window, long units) =>
            windows[window] = windows.GetValueOrDefault(window) + units;

        private static async Task Ignore(Task task)
        {
            try
            {
                await task;
            }
            catch (StorageUnavailableException)
            {
                // The host logs it.
            }
        }

        private sealed class Instance
        {
            public Instance(Schedule schedule, string name)
            {
                Clock = new FakeTimeProvider(schedule._now + TimeSpan.FromMilliseconds(schedule._random.Next(-2_500, 2_501)));
                Lease = new ClientLease("client", name, schedule._store, Clock, StorageFailurePolicy.Deny);
            }

            public FakeTimeProvider Clock { get; }

            public ClientLease Lease { get; }

            public bool Dead { get; set; }
        }

        private sealed class Request(Instance instance)
        {
            public Instance Instance { get; } = instance;

            public TokenReservation? Reservation { get; set; }

            public bool OutlivedItsClaim { get; set; }
        }
    }
}
