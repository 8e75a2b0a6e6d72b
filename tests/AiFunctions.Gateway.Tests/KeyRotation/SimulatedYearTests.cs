using AiFunctions.Gateway.Tests.RateLimits;

namespace AiFunctions.Gateway.Tests.KeyRotation;

/// <summary>I8 over a year: 50 clients at 90/14 days, the job killed and doubled at random, answers lost at random.</summary>
/// <remarks>Everybody's key is tried at the last instant before every event, or every minute; its own user tries it at every event of theirs.</remarks>
public sealed class SimulatedYearTests
{
    private const int Days = 365;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public Task Nobody_who_does_what_the_API_says_is_ever_without_a_key(int seed) => RunAsync(seed, everyMinute: false);

    /// <summary>Takes minutes: <c>dotnet test tests/AiFunctions.Gateway.Tests -c Release --filter Every_minute_of_a_year -- xUnit.Explicit=only</c>.</summary>
    [Theory(Explicit = true)]
    [InlineData(1)]
    [InlineData(5)]
    public Task Every_minute_of_a_year(int seed) => RunAsync(seed, everyMinute: true);

    // Instances take turns at every write, in an order that is the same each time.
    private static async Task RunAsync(int seed, bool everyMinute)
    {
        var year = Task.CompletedTask;
        new SingleThread().Run(() => year = LiveThroughAsync(seed, everyMinute));
        await year;
    }

    private static async Task LiveThroughAsync(int seed, bool everyMinute)
    {
        var random = new Random(seed);
        var world = new RotationWorld();
        var users = new List<User>();
        for (var i = 0; i < 50; i++)
        {
            world.Time.Advance(TimeSpan.FromDays(1.7)); // Keys come of age on different days.
            var id = await world.AddClientAsync($"client{i:d2}");
            var issued = await world.Keys.IssueAsync(id, lifetime: null, TestContext.Current.CancellationToken);

            // From the eager to those who come in the last minute of the grace.
            users.Add(new User(issued.Key, issued.Record.KeyId, DaysOfPatience: i % 5 == 0 ? 13.999 : random.NextDouble() * 13, AsksEvery: 0.2 + random.NextDouble()));
        }

        var start = world.Time.GetUtcNow();
        var schedule = new PriorityQueue<Func<Task>, DateTimeOffset>();
        var handedOut = new Dictionary<string, int>();
        int deaths = 0, doubled = 0, pickedUp = 0, lost = 0;

        void JobAt(DateTimeOffset at) => schedule.Enqueue(
            async () =>
            {
                var runs = 1 + random.Next(3);
                doubled += runs > 1 ? 1 : 0;
                var writesToLive = random.Next(4) == 0 ? int.MaxValue : random.Next(60);
                world.OnWrite = () =>
                {
                    if (Interlocked.Decrement(ref writesToLive) < 0)
                    {
                        throw new ProcessDeath();
                    }
                };
                var results = await Task.WhenAll(Enumerable.Range(0, runs).Select(async _ =>
                {
                    try
                    {
                        await world.RunAsync();
                        return 0;
                    }
                    catch (ProcessDeath)
                    {
                        return 1;
                    }
                }));
                deaths += results.Sum();
                world.OnWrite = () => { };
                JobAt(at + TimeSpan.FromDays(1));
            },
            at);

        void UseAt(User user, DateTimeOffset at) => schedule.Enqueue(
            async () =>
            {
                var key = await world.TryUseAsync(user.Key);
                Assert.True(key is not null, $"Seed {seed}: {user.KeyId} does not work on day {(at - start).TotalDays}.");
                var next = at + TimeSpan.FromDays(user.AsksEvery);
                if (key.RotatedAt is { } rotated) // the API answers with Sunset
                {
                    var ends = key.ExpiresAt!.Value;
                    var comes = new[] { rotated + TimeSpan.FromDays(user.DaysOfPatience), ends - TimeSpan.FromMinutes(1) }.Min();
                    if (at >= comes)
                    {
                        var had = key.SealedSuccessor is not null;
                        var (keyId, text, previousEnds) = await world.PickUpAsync(key);
                        Assert.Equal(ends, previousEnds);
                        handedOut[keyId] = handedOut.GetValueOrDefault(keyId) + 1;
                        pickedUp += had ? 1 : 0;
                        if (at + TimeSpan.FromMinutes(1) < ends && random.Next(5) == 0)
                        {
                            // The answer did not arrive: asks again, is told that there is one, and asks an operator to revoke it.
                            lost++;
                            Assert.Null(await world.TryPickUpAsync(key));
                            await world.Keys.RevokeAsync(key.ClientId, keyId, TestContext.Current.CancellationToken);
                            next = new[] { at + TimeSpan.FromMinutes(5), ends - TimeSpan.FromSeconds(30) }.Min();
                        }
                        else
                        {
                            // The old one is good until the very end, and not beyond.
                            var old = user.Key;
                            schedule.Enqueue(async () => Assert.NotNull(await world.TryUseAsync(old)), ends - TimeSpan.FromTicks(1));
                            schedule.Enqueue(async () => Assert.Null(await world.TryUseAsync(old)), ends);
                            user.Key = text;
                            user.KeyId = keyId;
                            next = at + TimeSpan.FromSeconds(1);
                        }
                    }
                    else
                    {
                        next = new[] { next, comes }.Min();
                    }
                }

                UseAt(user, next);
            },
            at);

        JobAt(start + TimeSpan.FromHours(3));
        users.ForEach(user => UseAt(user, start + TimeSpan.FromHours(random.NextDouble() * 24)));
        var (events, checks) = (0, 0);

        async Task CheckAsync(DateTimeOffset at)
        {
            world.Time.SetUtcNow(at);
            checks++;
            foreach (var user in users)
            {
                Assert.True(await world.TryUseAsync(user.Key) is not null, $"Seed {seed}: {user.KeyId} does not work on day {(at - start).TotalDays}.");
            }
        }

        while (schedule.TryDequeue(out var happens, out var at) && at < start + TimeSpan.FromDays(Days))
        {
            for (var minute = world.Time.GetUtcNow() + TimeSpan.FromMinutes(1); everyMinute && minute < at; minute += TimeSpan.FromMinutes(1))
            {
                await CheckAsync(minute);
            }

            if (at - TimeSpan.FromTicks(1) > world.Time.GetUtcNow())
            {
                await CheckAsync(at - TimeSpan.FromTicks(1));
            }

            if (at > world.Time.GetUtcNow())
            {
                world.Time.SetUtcNow(at);
            }

            await happens();
            events++;
        }

        Assert.All(handedOut, key => Assert.Equal(1, key.Value));
        Assert.True(deaths > 10 && doubled > 100 && lost > 10, $"{deaths} deaths, {doubled} doubled, {lost} lost: too tame.");
        Assert.InRange(pickedUp, 140, 220); // 50 clients, 3 to 4 times, but for lost answers
        var dump = world.Dump();
        Assert.All(users, user => Assert.DoesNotContain(user.Key, dump));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{events} events, all keys tried {checks} times, {deaths} deaths, {doubled} doubled runs, {pickedUp} picked up, {lost} "
                + $"answers lost, {handedOut.Count} handed out");
    }

    private sealed record User(string Key, string KeyId, double DaysOfPatience, double AsksEvery)
    {
        public string Key { get; set; } = Key;

        public string KeyId { get; set; } = KeyId;
    }
}
