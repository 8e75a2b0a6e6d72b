using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Reviews;

namespace AiFunctions.Gateway.Tests.Reviews;

public class ReviewIdTests
{
    [Fact]
    public void Newer_ones_come_first_and_all_are_fit_for_a_path()
    {
        var start = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var ids = Enumerable.Range(0, 100).Select(i => ReviewId.New(start.AddTicks(i * i * 1000L))).ToList();

        Assert.Equal(ids.AsEnumerable().Reverse(), ids.Order(StringComparer.Ordinal));
        Assert.All(ids, id => Assert.True(ClientId.IsWellFormed(id)));
        Assert.NotEqual(ReviewId.New(start), ReviewId.New(start));
        Assert.True(string.CompareOrdinal(ReviewId.Bound(start.AddHours(1)), ids[0]) < 0);
    }
}
