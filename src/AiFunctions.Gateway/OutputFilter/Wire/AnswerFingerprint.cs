using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AiFunctions.Gateway.Reviews;

namespace AiFunctions.Gateway.OutputFilter.Wire;

/// <summary>
/// The fingerprint of all that a model said in an answer, made while it passes: the same whole or streamed, however it is cut and in
/// whatever order the pieces of different texts come.
/// </summary>
/// <remarks>Each text has a hash of its own; at the end those are hashed by choice, then in the order in which models write.</remarks>
internal sealed class AnswerFingerprint(TextFingerprints fingerprints) : IDisposable
{
    private readonly List<(int Choice, AnswerChannel Channel, StreamedTextHash Hash)> _texts = new(1);
    private Dictionary<AnswerChannel, StreamedTextHash>? _byChannel;

    /// <summary>How much the model said, in UTF-16 code units.</summary>
    public int Characters => (int)Math.Min(int.MaxValue, _texts.Sum(text => text.Hash.Characters));

    /// <summary>Takes the next piece of a text.</summary>
    public void Append(AnswerChoice choice, AnswerChannel channel, ReadOnlySpan<char> piece) => HashOf(choice, channel).Append(piece);

    /// <summary>The fingerprint of the whole. Called once, at the end.</summary>
    public TextFingerprint Complete()
    {
        var parts = new List<byte[]>(_texts.Count);
        foreach (var (choice, channel, hash) in _texts)
        {
            if (!hash.IsEmpty || hash.Characters > 0)
            {
                var part = new byte[(2 * sizeof(int)) + HMACSHA256.HashSizeInBytes];
                BinaryPrimitives.WriteInt32BigEndian(part, choice);
                BinaryPrimitives.WriteInt32BigEndian(part.AsSpan(sizeof(int)), channel.Rank);
                hash.Complete(part.AsSpan(2 * sizeof(int)));
                if (!hash.IsEmpty)
                {
                    parts.Add(part);
                }
            }
        }

        // Texts of the same rank are ordered by their hashes, since streams may begin them in any order.
        parts.Sort((a, b) => a.AsSpan().SequenceCompareTo(b));
        return fingerprints.OfParts(parts.SelectMany(part => part).ToArray());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, _, hash) in _texts)
        {
            hash.Dispose();
        }
    }

    private StreamedTextHash HashOf(AnswerChoice choice, AnswerChannel channel)
    {
        if (_texts.Count > 0 && _texts[^1].Channel == channel)
        {
            return _texts[^1].Hash; // as good as always
        }

        _byChannel ??= [];
        ref var hash = ref CollectionsMarshal.GetValueRefOrAddDefault(_byChannel, channel, out _);
        if (hash is null)
        {
            hash = fingerprints.Begin();
            _texts.Add((choice.Index, channel, hash));
        }

        return hash;
    }
}
