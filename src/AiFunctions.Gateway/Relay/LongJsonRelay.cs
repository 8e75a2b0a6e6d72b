using System.Buffers;
using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Upstreams;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Relay;

/// <summary>Passes an upstream's JSON answer on byte for byte as it comes, however long it is.</summary>
/// <remarks>
/// Its beginning is held until it is clear that it is an answer and no failure, so that one can still be told in our words. What breaks off later
/// is cut off for the caller, too: a JSON reader sees that it is not whole.
/// </remarks>
internal static class LongJsonRelay
{
    /// <summary>How much is held before anything is sent, in bytes. A shorter answer is known to be whole before it leaves.</summary>
    public const int LongestHeld = 64 * 1024;

    /// <summary>The longest string or number in such an answer, in bytes.</summary>
    public const int LongestToken = 16 * 1024 * 1024;

    private const int LongestMember = 16 * 1024;

    /// <summary>Relays an answer.</summary>
    /// <param name="upstream">The answer.</param>
    /// <param name="context">The caller's request.</param>
    /// <param name="member">A member of the answer's object that is wanted.</param>
    /// <param name="answerMember">The member without which the object is no answer.</param>
    /// <returns>The member's value as JSON; empty when there is none, or it is longer than any that is wanted.</returns>
    /// <exception cref="GatewayException">The upstream broke off, or its answer is no JSON object or reports a failure.</exception>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    public static async Task<ReadOnlyMemory<byte>> RelayAsync(UpstreamResponse upstream, HttpContext context, string member, string answerMember)
    {
        var response = context.Response;
        var scan = new Scan(member, answerMember);
        var buffer = ArrayPool<byte>.Shared.Rent(LongestHeld);
        try
        {
            var filled = 0; // bytes in the buffer
            var scanned = 0; // of them, those that the scan has done with
            var sent = 0; // of them, those that have been sent
            while (true)
            {
                if (filled == buffer.Length)
                {
                    buffer = MakeRoom(buffer, ref filled, ref scanned, ref sent);
                }

                var read = await ReadAsync(upstream, buffer.AsMemory(filled), isBegun: filled > 0 || response.HasStarted);
                filled += read;
                var isWhole = read == 0;
                scanned += scan.Go(buffer.AsSpan(scanned, filled - scanned), isWhole);
                if (isWhole || response.HasStarted || filled >= LongestHeld)
                {
                    if (!response.HasStarted)
                    {
                        scan.RequireAnswer();
                        response.ContentType = "application/json";
                        response.ContentLength = isWhole ? filled : null;
                    }

                    await response.BodyWriter.WriteAsync(buffer.AsMemory(sent, filled - sent), context.RequestAborted);
                    sent = filled;
                }

                if (isWhole)
                {
                    return scan.Member;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<int> ReadAsync(UpstreamResponse upstream, Memory<byte> buffer, bool isBegun)
    {
        try
        {
            return await upstream.ReadAsync(buffer);
        }
        catch (GatewayException e) when (isBegun)
        {
            throw new GatewayException(e.Error, e.InnerException) { UpstreamMayHaveWorked = true };
        }
    }

    private static byte[] MakeRoom(byte[] buffer, ref int filled, ref int scanned, ref int sent)
    {
        var done = Math.Min(scanned, sent);
        var larger = buffer;
        if (done == 0)
        {
            if (buffer.Length >= LongestToken)
            {
                throw new GatewayException(GatewayErrors.UpstreamError) { UpstreamMayHaveWorked = true };
            }

            larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        }

        buffer.AsSpan(done, filled - done).CopyTo(larger);
        if (larger != buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        filled -= done;
        scanned -= done;
        sent -= done;
        return larger;
    }

    /// <summary>Follows the answer's JSON, of which it keeps one member.</summary>
    private sealed class Scan(string member, string answerMember)
    {
        private readonly ArrayBufferWriter<byte> _member = new();
        private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = SseData.DeepestAnswer });
        private bool _isInMember;
        private bool _isError;
        private bool _isAnswer;

        public ReadOnlyMemory<byte> Member => _member.WrittenCount <= LongestMember ? _member.WrittenMemory : default;

        /// <summary>Sees to it that what is about to be sent is an answer.</summary>
        public void RequireAnswer()
        {
            if (!_isAnswer)
            {
                throw new GatewayException(GatewayErrors.UpstreamError);
            }
        }

        /// <summary>Goes on.</summary>
        /// <param name="json">What has come and has not been done with.</param>
        /// <param name="isWhole">Whether nothing more comes.</param>
        /// <returns>How much of it is done with.</returns>
        public int Go(ReadOnlySpan<byte> json, bool isWhole)
        {
            try
            {
                var reader = new Utf8JsonReader(json, isWhole, _state);
                var kept = 0; // where what is to be kept of the member begins
                while (reader.Read())
                {
                    Look(ref reader, json, ref kept);
                }

                if (_isInMember)
                {
                    Keep(json[kept..(int)reader.BytesConsumed]);
                }

                _state = reader.CurrentState;
                return (int)reader.BytesConsumed;
            }
            catch (JsonException e)
            {
                // Without its message, which may quote the answer.
                throw new GatewayException(GatewayErrors.UpstreamError, new InvalidOperationException(e.GetType().Name)) { UpstreamMayHaveWorked = _isAnswer };
            }
        }

        private void Look(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ref int kept)
        {
            if (reader.CurrentDepth == 0)
            {
                if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.EndObject))
                {
                    throw new JsonException();
                }

                return;
            }

            if (reader.CurrentDepth > 1)
            {
                return;
            }

            // A member's name, or the end of its value: the first token of an object or a list counts to the depth outside of it.
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                _isError = reader.ValueTextEquals("error"u8);
                _isInMember = reader.ValueTextEquals(member);
                _isAnswer |= reader.ValueTextEquals(answerMember);
                kept = (int)reader.BytesConsumed;
                return;
            }

            if (_isError && reader.TokenType != JsonTokenType.Null)
            {
                throw new JsonException();
            }

            if (_isInMember && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            {
                Keep(json[kept..(int)reader.BytesConsumed]);
                _isInMember = false;
            }
        }

        private void Keep(ReadOnlySpan<byte> bytes)
        {
            if (_member.WrittenCount <= LongestMember)
            {
                _member.Write(bytes);
            }
        }
    }
}
