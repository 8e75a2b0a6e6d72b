using System.Security.Cryptography;
using System.Text;
using AiFunctions.Gateway.Storage;
using Microsoft.AspNetCore.DataProtection;

namespace AiFunctions.Gateway.KeyRotation;

/// <summary>Seals a successor until it is handed out, with ASP.NET Core Data Protection.</summary>
/// <remarks>The old key's id is part of the purpose, so that a seal copied to another key's row does not open.</remarks>
internal sealed class SuccessorSeal(Func<IDataProtectionProvider> ring)
{
    private const string Purpose = "AiFunctions.KeyRotation.Successor";

    /// <summary>Seals a key.</summary>
    /// <exception cref="StorageUnavailableException">The ring cannot be read.</exception>
    /// <remarks>No copy of it stays in memory.</remarks>
    public byte[] Close(string oldKeyId, ReadOnlySpan<char> successor)
    {
        // Pinned, so that the garbage collector leaves no copy where it was before.
        var plain = GC.AllocateArray<byte>(successor.Length, pinned: true);
        Encoding.ASCII.GetBytes(successor, plain);
        try
        {
            return ring().CreateProtector(Purpose, oldKeyId).Protect(plain);
        }
        catch (CryptographicException e) when (StorageFault(e) is { } fault)
        {
            throw fault;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Opens a seal; null when it cannot be opened, because the ring or the secret that protects it is another one.</summary>
    /// <exception cref="StorageUnavailableException">The ring cannot be read.</exception>
    public string? TryOpen(string oldKeyId, byte[] sealedSuccessor)
    {
        try
        {
            return Encoding.ASCII.GetString(ring().CreateProtector(Purpose, oldKeyId).Unprotect(sealedSuccessor));
        }
        catch (CryptographicException e)
        {
            return StorageFault(e) is { } fault ? throw fault : null;
        }
    }

    // Data Protection makes every fault of its own a cryptographic one.
    private static StorageUnavailableException? StorageFault(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is StorageUnavailableException fault)
            {
                return new StorageUnavailableException(fault.InnerException!);
            }
        }

        return null;
    }
}
