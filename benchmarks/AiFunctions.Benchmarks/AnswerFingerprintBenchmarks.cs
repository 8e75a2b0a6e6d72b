using System.Security.Cryptography;
using AiFunctions.Gateway.Reviews;
using BenchmarkDotNet.Attributes;

namespace AiFunctions.Benchmarks;

/// <summary>What the fingerprint of an answer adds to the output filter's cost.</summary>
[MemoryDiagnoser]
public class AnswerFingerprintBenchmarks
{
    private const int Chunk = 6;

    private readonly byte[] _key = new byte[32];
    private readonly byte[] _hash = new byte[32];
    private readonly string _text = string.Concat(Enumerable.Repeat("The filter looks at each word once , holds what may still become a match and lets go of all else as soon as it can . ", 1000));

    /// <summary>118 000 characters at once.</summary>
    [Benchmark]
    public void Whole()
    {
        using var hash = new StreamedTextHash(IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key));
        hash.Append(_text);
        hash.Complete(_hash);
    }

    /// <summary>The same by six characters.</summary>
    [Benchmark]
    public void Streamed()
    {
        using var hash = new StreamedTextHash(IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key));
        for (var i = 0; i < _text.Length; i += Chunk)
        {
            hash.Append(_text.AsSpan(i, Math.Min(Chunk, _text.Length - i)));
        }

        hash.Complete(_hash);
    }
}
