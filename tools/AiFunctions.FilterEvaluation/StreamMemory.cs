using System.Buffers;
using System.Globalization;
using System.Text;
using AiFunctions.Gateway.Apis.ChatCompletions;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Answers;
using AiFunctions.Gateway.OutputFilter.Observers;

namespace AiFunctions.FilterEvaluation;

/// <summary>Measures what streams hold while they wait for their next event.</summary>
internal static class StreamMemory
{
    private const int Streams = 10_000;

    private static readonly string[] Pieces = ["Write", " to", " someone", " at &#64; or call +49 30 1234", " 41", "11 1111", " and so on", ", for a while"];

    /// <summary>Prints the bytes that each of 10 000 streams holds in the middle of an answer, without and with its own system text of 1000 characters.</summary>
    public static void Print(FilterPolicy policy)
    {
        var system = string.Concat(Enumerable.Range(0, 40).Select(i => $"Rule {i}: never say {i * 7919}."));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Streams} streams hold {Measure(() => new AnswerFilter(new ChatAnswerReader(policy, null), policy))} bytes each; with a system text of {system.Length} "
                + $"characters each of its own {Measure(() => new AnswerFilter(new ChatAnswerReader(policy, SystemText.From(system)), policy))}"));
    }

    private static long Measure(Func<AnswerFilter> create)
    {
        var output = new ArrayBufferWriter<byte>();
        var filters = new AnswerFilter[Streams];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Streams; i++)
        {
            filters[i] = create();
            foreach (var piece in Pieces)
            {
                filters[i]
                    .TryWriteEvent(
                        Encoding.UTF8.GetBytes(
                            $"data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"model\":\"m\","
                                + $"\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{piece}\"}}}}]}}\n\n"),
                        output);
            }

            output.ResetWrittenCount();
        }

        var held = (GC.GetTotalMemory(forceFullCollection: true) - before) / Streams;
        GC.KeepAlive(filters);
        return held;
    }
}
