using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using AiFunctions.Gateway.Hashing;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace AiFunctions.Gateway.KeyRotation.Ring;

/// <summary>Encrypts the ring's keys with AES-256-GCM under a key derived from <c>Authentication__HashKey</c>: who has the tables alone opens nothing.</summary>
internal sealed class HashKeyXmlEncryptor(KeyedHash hash) : IXmlEncryptor
{
    public const int NonceLength = 12;
    public const int TagLength = 16;

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var sealedBytes = new byte[NonceLength + TagLength + plain.Length];
        var nonce = sealedBytes.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using (var aes = new AesGcm(hash.RingKey, TagLength))
        {
            aes.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceLength + TagLength), sealedBytes.AsSpan(NonceLength, TagLength));
        }

        CryptographicOperations.ZeroMemory(plain);
        return new EncryptedXmlInfo(new XElement("encrypted", Convert.ToBase64String(sealedBytes)), typeof(HashKeyXmlDecryptor));
    }
}
