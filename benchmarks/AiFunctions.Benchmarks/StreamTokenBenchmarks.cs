using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.Tiers;
using AiFunctions.Gateway.Tokens;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Options;

namespace AiFunctions.Benchmarks;

/// <summary>What an event of a stream costs to have its tokens counted.</summary>
[MemoryDiagnoser]
[SuppressMessage("Design", "CA1001", Justification = "The benchmark's cleanup disposes of it.")]
public class StreamTokenBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(1024);
    private readonly byte[] _sseEvent =
        """
        data: {"id":"chatcmpl-123456789","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-mini","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{"content":" word"},"logprobs":null,"finish_reason":null}],"usage":null}


        """u8.ToArray();

    private TokenUse? _use;
    private ChatTokens? _tokens;

    /// <summary>Whether the model's tokenizer is known.</summary>
    [Params(false, true)]
    public bool KnownTokenizer { get; set; }

    /// <summary>Loads the vocabulary.</summary>
    [GlobalSetup]
    public async Task LoadAsync()
    {
        var vocabulary = new O200kVocabulary();
        await vocabulary.Loaded;
        _use = new TokenUse(new Unlimited(), 1, 2, CancellationToken.None);
        _tokens = new ChatTokens(
            new TokenEstimator(vocabulary, Options.Create(new TokenOptions())), KnownTokenizer ? TokenizerFamily.O200k : TokenizerFamily.Unknown, _use, keepUsage: false);
    }

    /// <summary>Ends the use.</summary>
    [GlobalCleanup]
    public void Stop() => _use?.Dispose();

    /// <summary>Counts one event of 241 bytes and passes it on.</summary>
    [Benchmark]
    public int WriteEvent()
    {
        _output.ResetWrittenCount();
        _tokens!.WriteEvent(_sseEvent, _output);
        return _output.WrittenCount;
    }

    private sealed class Unlimited : ITokenBudget
    {
        public EffectiveLimits Limits { get; } = new(100, 100, 100_000, 100_000, 10, 0, 1000, 200);

        public ValueTask<GatewayError?> ReserveAsync(long tokens, CancellationToken cancellationToken) => default;

        public void Settle(long used)
        {
        }
    }
}
