using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.KeyRotation.Use;
using AiFunctions.Gateway.Storage;
using AiFunctions.Gateway.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.KeyRotation;

public sealed class KeyUseTests
{
    private static readonly DateOnly Day = new(2030, 1, 10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_key_is_noted_once_a_day()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2030, 1, 10, 23, 59, 0, TimeSpan.Zero));
        var queue = new KeyUseQueue(time);
        var key = new ClientKey { ClientId = "client", KeyId = "client00000000", Hash = [], CreatedAt = default };
        for (var i = 0; i < 100; i++)
        {
            queue.Add(key);
        }

        time.Advance(TimeSpan.FromMinutes(2));
        queue.Add(key);
        queue.Complete();

        Assert.Equal([Day, Day.AddDays(1)], Read(queue).Select(use => use.Day));
    }

    [Fact]
    public async Task The_day_never_goes_back()
    {
        var table = new InMemoryTable();
        var store = new KeyUseStore(new TableStorage(_ => table));
        foreach (var days in new[] { 0, 2, 1, -5 })
        {
            await store.NoteAsync(new KeyUse("client", "client00000000", Day.AddDays(days)), Cancellation);
        }

        var uses = await store.ListAsync("client", "client00000000", "client00000000", 10, Cancellation);
        Assert.Equal("2030-01-12", Assert.Single(uses).Value);
    }

    private static List<KeyUse> Read(KeyUseQueue queue)
    {
        var uses = new List<KeyUse>();
        while (queue.Reader.TryRead(out var use))
        {
            uses.Add(use);
        }

        return uses;
    }
}
