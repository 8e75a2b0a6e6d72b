using System.Reflection;
using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.Storage;
using Azure;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.Tests.Storage;

public sealed class EntityMappingTests
{
    public static TheoryData<string> Entities { get; } =
        [.. typeof(GatewayTable).Assembly.GetTypes().Where(type => typeof(ITableEntity).IsAssignableFrom(type) && !type.IsAbstract).Select(type => type.FullName!)];

    [Theory]
    [MemberData(nameof(Entities))]
    public void Every_property_of_every_entity_is_written_and_read(string entity) =>
        typeof(EntityMappingTests).GetMethod(nameof(RoundTrip), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(typeof(GatewayTable).Assembly.GetType(entity)!)
            .Invoke(null, null);

    [Fact]
    public void A_null_has_no_column_and_a_missing_column_leaves_what_a_new_entity_has()
    {
        var row = EntityMapping<Sample>.Write(new Sample { PartitionKey = "p", RowKey = "r" });

        Assert.DoesNotContain(nameof(Sample.Bytes), row.Keys);
        Assert.DoesNotContain(nameof(Sample.Big), row.Keys);
        Assert.Equal("as new", EntityMapping<Sample>.Read(new TableEntity("p", "r") { ["Bytes"] = null }).Text);
    }

    [Fact]
    public void A_number_may_come_narrower_than_it_was_declared()
    {
        var read = EntityMapping<Sample>.Read(new TableEntity("p", "r") { ["Big"] = 7, ["Exact"] = 3, ["Bytes"] = new BinaryData([1, 2]) });

        Assert.Equal(7L, read.Big);
        Assert.Equal(3.0, read.Exact);
        Assert.Equal([1, 2], read.Bytes!);
    }

    [Fact]
    public void A_value_of_another_type_is_named_but_not_shown()
    {
        var failure = Assert.Throws<InvalidDataException>(() => EntityMapping<CounterEntity>.Read(new TableEntity("p", "r") { ["Minute"] = "a secret" }));

        Assert.Contains("Minute", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a secret", failure.Message, StringComparison.Ordinal);
    }

    private static void RoundTrip<T>()
        where T : class, ITableEntity, new()
    {
        var written = new T { PartitionKey = "partition", RowKey = "row", ETag = new ETag("W/\"1\"") };
        var own = typeof(T).GetProperties().Where(property => typeof(ITableEntity).GetProperty(property.Name) is null).ToArray();
        for (var i = 0; i < own.Length; i++)
        {
            own[i].SetValue(written, ValueOf(own[i].PropertyType, i));
        }

        var row = EntityMapping<T>.Write(written);
        var read = EntityMapping<T>.Read(row);

        Assert.Equal(("partition", "row", new ETag("W/\"1\"")), (read.PartitionKey, read.RowKey, read.ETag));
        Assert.All(own, property => Assert.Equal(property.GetValue(written), property.GetValue(read)));
        Assert.All(own, property => Assert.True(row.ContainsKey(property.Name)));
    }

    private static object ValueOf(Type type, int seed) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(string) => $"text {seed}",
        var t when t == typeof(byte[]) => new[] { (byte)seed, (byte)1 },
        var t when t == typeof(DateTimeOffset) => new DateTimeOffset(2026, 1, 1, 0, 0, seed, TimeSpan.Zero),
        var t when t == typeof(long) => 1L << (seed + 20),
        var t when t == typeof(int) => seed + 1,
        var t when t == typeof(double) => seed + 0.5,
        var t when t == typeof(bool) => true,
        var t => throw new NotSupportedException(t.Name),
    };

    private sealed class Sample : ITableEntity
    {
        public string PartitionKey { get; set; } = "";

        public string RowKey { get; set; } = "";

        public DateTimeOffset? Timestamp { get; set; }

        public ETag ETag { get; set; }

        public string Text { get; set; } = "as new";

        public byte[]? Bytes { get; set; }

        public long? Big { get; set; }

        public double Exact { get; set; }
    }
}
