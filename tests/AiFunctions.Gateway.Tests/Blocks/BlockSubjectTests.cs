using AiFunctions.Gateway.Blocks;
using AiFunctions.Gateway.Hashing;
using CsCheck;

namespace AiFunctions.Gateway.Tests.Blocks;

public class BlockSubjectTests
{
    [Fact]
    public void An_address_reads_back() => Gen.Select(Gen.ULong, Gen.ULong).Sample((high, low) =>
    {
        var subject = BlockSubject.OfAddress(new AddressHash(new UInt128(high, low)));
        return BlockSubject.TryParse(subject.BlockId, out var read) && read == subject;
    });

    [Fact]
    public void A_client_reads_back()
    {
        Assert.True(BlockSubject.TryParse("client-abc123", out var read));
        Assert.Equal(BlockSubject.OfClient("abc123"), read);
        Assert.Equal("client-abc123", read.BlockId);
    }

    [Fact]
    public void An_end_user_reads_back() => Gen.Select(Gen.ULong, Gen.ULong).Sample((high, low) =>
    {
        var subject = BlockSubject.OfEndUser("abc123", new EndUserHash(new UInt128(high, low)));
        return subject.BlockId.StartsWith("end_user-abc123-", StringComparison.Ordinal) && BlockSubject.TryParse(subject.BlockId, out var read) && read == subject;
    });

    [Theory]
    [InlineData("end_user-")]
    [InlineData("end_user-0123456789abcdef0123456789abcdef")]
    [InlineData("end_user--0123456789abcdef0123456789abcdef")]
    [InlineData("end_user-UPPER-0123456789abcdef0123456789abcdef")]
    [InlineData("end_user-a-0123456789abcdef0123456789abcde")]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("client-")]
    [InlineData("client-' or true")]
    [InlineData("client-UPPER")]
    [InlineData("address-")]
    [InlineData("address-127.0.0.1")]
    [InlineData("address-0123456789abcdef0123456789abcde")]
    [InlineData("address-0123456789ABCDEF0123456789abcdef")]
    [InlineData("address-0123456789abcdef0123456789abcdef0")]
    [InlineData("somebody-abc")]
    public void Anything_else_is_no_block_id(string? id) => Assert.False(BlockSubject.TryParse(id, out _));
}
