using AiFunctions.Gateway.InputGuard.PromptShields;
using CsCheck;

namespace AiFunctions.Gateway.Tests.InputGuard;

public class ShieldPiecesTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(10_000, 1)]
    [InlineData(10_001, 2)]
    [InlineData(19_000, 2)]
    [InlineData(36_900, 4)]
    [InlineData(38_000, 0)]
    public void A_long_text_takes_more_calls_up_to_a_bound(int length, int calls) =>
        Assert.Equal(calls, ShieldPieces.Cut(new string('a', length).AsMemory()).Count);

    [Fact]
    public void The_pieces_overlap_cover_everything_and_split_no_character() => Gen.Select(Gen.Int[1, 36_000], Gen.Int[0, 3]).Sample(
        (length, shift) =>
        {
            var text = string.Concat(new string('a', shift), string.Concat(Enumerable.Repeat("\ud83d\ude00", length / 2))).AsMemory();
            var pieces = ShieldPieces.Cut(text);
            var end = 0;
            foreach (var piece in pieces)
            {
                Assert.InRange(piece.Length, 1, ShieldPieces.LongestPiece);
                Assert.False(char.IsLowSurrogate(piece.Span[0]));
                Assert.False(char.IsHighSurrogate(piece.Span[^1]));
                Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetString(piece, out _, out var start, out _));
                Assert.InRange(start, 0, Math.Max(0, end - ShieldPieces.Overlap + 1));
                end = start + piece.Length;
            }

            return end == text.Length;
        },
        iter: 300);
}
