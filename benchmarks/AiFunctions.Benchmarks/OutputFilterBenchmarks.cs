using System.Buffers;
using System.Text;
using AiFunctions.Gateway.Apis.ChatCompletions;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Answers;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.OutputFilter.Text;
using BenchmarkDotNet.Attributes;

namespace AiFunctions.Benchmarks;

/// <summary>What the output filter costs, with every category on.</summary>
[MemoryDiagnoser]
public class OutputFilterBenchmarks
{
    private const int Words = 4000;
    private const string Prose = "The filter looks at each word once , holds what may still become a match and lets go of all else as soon as it can . ";

    private readonly ArrayBufferWriter<byte> _output = new(1 << 20);
    private readonly CharBuffer _characters = new();
    private readonly FilterPolicy _policy = new(new OutputFilterOptions { Blocklist = { "Project Falcon" } });
    private readonly SystemText? _systemText = SystemText.From(string.Concat(
        Enumerable.Range(0, 200).Select(i => $"Rule {i}: answer question {i * 7} in the way of book {i * 13}. ")));
    private byte[][] _events = [];
    private byte[] _answer = [];
    private string _text = "";

    /// <summary>Bytes in all events, for the throughput.</summary>
    public int EventBytes => _events.Sum(each => each.Length);

    /// <summary>Makes a stream of 4000 events with a word each, and the same as a whole answer.</summary>
    [GlobalSetup]
    public void Make()
    {
        var words = Prose.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _events = [.. Enumerable.Range(0, Words).Select(i => Encoding.UTF8.GetBytes(
            $"data: {{\"id\":\"chatcmpl-123456789\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
                + $"\"model\":\"gpt-4o-mini\",\"system_fingerprint\":\"fp_1\",\"choices\":[{{\"index\":0,"
                + $"\"delta\":{{\"content\":\" {words[i % words.Length]}\"}},\"logprobs\":null,\"finish_reason\":null}}],"
                + $"\"usage\":null}}\n\n"))];
        _text = string.Concat(Enumerable.Range(0, 1000).Select(_ => Prose));
        _answer = Encoding.UTF8.GetBytes(
            $"{{\"id\":\"x\",\"choices\":[{{\"index\":0,\"message\":{{\"role\":\"assistant\",\"content\":\"{_text}\"}},"
                + $"\"finish_reason\":\"stop\"}}]}}");
    }

    /// <summary>A stream of 4000 events of about 240 bytes: 0.96 MB.</summary>
    [Benchmark]
    public int Stream()
    {
        _output.ResetWrittenCount();
        var filter = new AnswerFilter(new ChatAnswerReader(_policy, _systemText), _policy);
        foreach (var each in _events)
        {
            filter.TryWriteEvent(each, _output);
        }

        return _output.WrittenCount;
    }

    /// <summary>A whole answer of 118 KB.</summary>
    [Benchmark]
    public int Answer()
    {
        _output.ResetWrittenCount();
        new AnswerFilter(new ChatAnswerReader(_policy, _systemText), _policy).TryFilterJson(_answer, _output);
        return _output.WrittenCount;
    }

    /// <summary>118 000 characters of prose, without the wire format.</summary>
    [Benchmark]
    public int Text()
    {
        _characters.Clear();
        var filter = new TextFilter(_policy, systemText: _systemText);
        filter.Append(_text, _characters);
        filter.Complete(_characters);
        return _characters.Length;
    }
}
