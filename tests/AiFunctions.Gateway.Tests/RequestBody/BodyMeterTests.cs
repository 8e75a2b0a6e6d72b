using System.Globalization;
using System.Text;
using AiFunctions.Gateway.RequestBody;
using CsCheck;

namespace AiFunctions.Gateway.Tests.RequestBody;

public class BodyMeterTests
{
    private const int Media = 20_000_000;

    // A free client's.
    private static readonly BodyAllowance Allowance = new(16_000, TakesMedia: true);

    [Fact]
    public void All_bytes_count_and_each_value_and_name() =>
        Assert.Equal((40, 10), Measure("""{"a":[1,"x\"y",{}],"b":"\u00fc\\","c":1}"""));

    [Theory]
    [InlineData("data:image/png;base64,", "AAAA")]
    [InlineData("", "abcdefghijklmnopqrstuvwxyz0123456789+/ABCDEFGHIJKLMNOPQRSTUVWXYZ")]
    [InlineData("data:audio/wav;base64,", "ab-_")]
    [InlineData("", "abcdefghijklmnopqrstuvwxyz0123456789\\/ABCDEFGHIJKLMNOPQRSTUVWXYZ\\/\\u002B")]
    [InlineData("", "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789\\r\\n")]
    public void An_image_of_any_size_passes(string before, string data) =>
        Assert.True(Meter("{\"url\":\"" + before + string.Concat(Enumerable.Repeat(data, Media / data.Length)) + "\"}").IsWithin(Allowance));

    [Theory]
    [InlineData("\\u0041")]
    [InlineData("\\/")]
    [InlineData("A\\/")]
    [InlineData("word ")]
    [InlineData("\\n")]
    [InlineData("\u00fc")]
    public void Escapes_and_text_of_that_size_do_not(string data) =>
        Assert.False(Meter("{\"url\":\"" + string.Concat(Enumerable.Repeat(data, 1_000_000)) + "\"}").IsWithin(Allowance));

    [Theory]
    [InlineData("[", "]")]
    [InlineData("1,", "")]
    [InlineData("{},", "")]
    [InlineData("\"\",", "")]
    public void Many_values_do_not(string open, string close) =>
        Assert.False(Meter(string.Concat(Enumerable.Repeat(open, 30_000)) + string.Concat(Enumerable.Repeat(close, 30_000))).IsWithin(Allowance));

    [Theory]
    [InlineData("", "AAAA")]
    [InlineData("data:image/png;base64,", "abcdefghijklmnopqrstuvwxyz0123456789\\/ABCDEFGHIJKLMNOPQRSTUVWXYZ")]
    public void Nor_does_a_name_however_much_it_looks_like_an_image(string before, string data) =>
        Assert.False(Meter("{\"" + before + string.Concat(Enumerable.Repeat(data, 100_000)) + "\" :1}").IsWithin(Allowance));

    [Fact]
    public void As_many_messages_as_there_may_be_pass()
    {
        var message = """{"role":"user","content":[{"type":"text","text":"abcdefg"}]},""";

        Assert.True(Meter("{\"model\":\"m\",\"messages\":[" + string.Concat(Enumerable.Repeat(message, 2048)) + "]}").IsWithin(Allowance));
    }

    [Fact]
    public void The_longest_text_in_its_longest_form_passes() =>
        Assert.True(Meter("{\"content\":\"" + string.Concat(Enumerable.Repeat("\\u00fc", 16_000)) + "\"}").IsWithin(Allowance));

    [Fact]
    public void How_a_body_arrives_makes_no_difference()
    {
        var parts = Gen.OneOf<string>("\"", "\\", "\\\"", "\\u00e", "4", "[", "{", ",", ":", "a b", "\\/", new string('A', 900), new string('/', 700), "\u00fc");
        Gen.Select(parts.Array[0, 30].Select(string.Concat), Gen.Int[1, 50]).Sample(
            (text, step) =>
            {
                var bytes = Encoding.UTF8.GetBytes(text);
                var whole = default(BodyMeter);
                whole.Add(bytes);
                var pieces = default(BodyMeter);
                for (var i = 0; i < bytes.Length; i += step)
                {
                    pieces.Add(bytes.AsSpan(i, Math.Min(step, bytes.Length - i)));
                }

                Assert.True((whole.Bytes, whole.Values) == (pieces.Bytes, pieces.Values), text + step.ToString(CultureInfo.InvariantCulture));
            },
            iter: 20_000);
    }

    private static (long Bytes, long Values) Measure(string json) => (Meter(json).Bytes, Meter(json).Values);

    private static BodyMeter Meter(string json)
    {
        var meter = default(BodyMeter);
        meter.Add(Encoding.UTF8.GetBytes(json));
        return meter;
    }
}
