using System.Text;
using AiFunctions.Gateway.Relay;
using CsCheck;

namespace AiFunctions.Gateway.Tests.Relay;

public class SseEventSplitterTests
{
    private static readonly Gen<string> Streams = Gen.OneOf<string>(
        "data: a", "data: {\"x\":1}", "event: e", ": note", "id: 1", "\n", "\n", "\n\n", "\r\n", "\r\n\r\n", "\r", "x").Array[0, 40].Select(string.Concat);

    [Theory]
    [InlineData("data: a\n\ndata: b\n\n", "data: a\n\n|data: b\n\n")]
    [InlineData("data: a\r\n\r\ndata: b\r\n\r\n", "data: a\r\n\r\n|data: b\r\n\r\n")]
    [InlineData("data: a\r\rdata: b\r\r\n", "data: a\r\r|data: b\r\r\n")]
    [InlineData("data: a\ndata: b\n\nrest", "data: a\ndata: b\n\n")]
    [InlineData("data: a\n\r\n", "data: a\n\r\n")]
    [InlineData("data: a", "")]
    public void Events_end_with_a_blank_line(string stream, string events) =>
        Assert.Equal(events, string.Join('|', Split(Encoding.UTF8.GetBytes(stream), [stream.Length])));

    [Fact]
    public void The_events_do_not_depend_on_how_the_bytes_arrive() =>
        Gen.Select(Streams, Gen.Int[1, 7].Array[1, 60]).Sample(
            (stream, chunks) =>
            {
                var bytes = Encoding.UTF8.GetBytes(stream);
                return Content(Split(bytes, chunks)).SequenceEqual(Content(Split(bytes, [bytes.Length])));
            },
            iter: 100_000);

    [Fact]
    public void Together_the_events_are_the_stream_without_its_unfinished_end() =>
        Gen.Select(Streams, Gen.Int[1, 7].Array[1, 60]).Sample(
            (stream, chunks) => stream.StartsWith(string.Concat(Split(Encoding.UTF8.GetBytes(stream), chunks)), StringComparison.Ordinal));

    [Fact]
    public void An_event_is_complete_with_the_last_byte_of_its_blank_line()
    {
        foreach (var end in new[] { "\n\n", "\r\r", "\r\n\r", "\n\r" })
        {
            Assert.Single(Split(Encoding.UTF8.GetBytes("data: a" + end), [1]));
        }
    }

    // The LF of a CR LF that is cut in two may open the next event; it says nothing there.
    private static IEnumerable<string> Content(List<string> events) => events.Select(each => each.Trim('\n', '\r'));

    private static List<string> Split(byte[] bytes, int[] chunks)
    {
        var events = new List<string>();
        var splitter = new SseEventSplitter();
        var start = 0;
        var filled = 0;
        for (var i = 0; filled < bytes.Length; i++)
        {
            filled = Math.Min(bytes.Length, filled + chunks[i % chunks.Length]);
            while (splitter.TryFindEnd(bytes.AsSpan(start, filled - start), out var length))
            {
                events.Add(Encoding.UTF8.GetString(bytes, start, length));
                start += length;
            }
        }

        return events;
    }
}
