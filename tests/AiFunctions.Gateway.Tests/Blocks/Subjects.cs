using AiFunctions.Gateway.Blocks;
using AiFunctions.Gateway.Hashing;

namespace AiFunctions.Gateway.Tests.Blocks;

/// <summary>Callers to count and block.</summary>
internal static class Subjects
{
    public static readonly BlockSubject Alice = BlockSubject.OfClient("alice");
    public static readonly BlockSubject Bob = BlockSubject.OfClient("bob");
    public static readonly BlockSubject Somewhere = BlockSubject.OfAddress(new AddressHash(1));

    public static BlockSubject Address(int number) => BlockSubject.OfAddress(new AddressHash((UInt128)number));
}
