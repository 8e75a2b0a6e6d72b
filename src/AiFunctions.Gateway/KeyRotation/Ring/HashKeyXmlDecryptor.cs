using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using AiFunctions.Gateway.Hashing;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;

namespace AiFunctions.Gateway.KeyRotation.Ring;

/// <summary>Decrypts what <see cref="HashKeyXmlEncryptor"/> has encrypted. Data Protection makes it, by the name stored with each key.</summary>
internal sealed class HashKeyXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    private readonly KeyedHash _hash = services.GetRequiredService<KeyedHash>();

    public XElement Decrypt(XElement encryptedElement)
    {
        ReadOnlySpan<byte> sealedBytes = Convert.FromBase64String(encryptedElement.Value);
        var nonce = sealedBytes[..HashKeyXmlEncryptor.NonceLength];
        var tag = sealedBytes.Slice(HashKeyXmlEncryptor.NonceLength, HashKeyXmlEncryptor.TagLength);
        var cipher = sealedBytes[(HashKeyXmlEncryptor.NonceLength + HashKeyXmlEncryptor.TagLength)..];
        var plain = new byte[cipher.Length];
        using var aes = new AesGcm(_hash.RingKey, HashKeyXmlEncryptor.TagLength);
        aes.Decrypt(nonce, cipher, tag, plain);
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }
}
