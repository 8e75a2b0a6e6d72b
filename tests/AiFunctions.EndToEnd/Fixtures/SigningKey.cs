using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace AiFunctions.EndToEnd.Fixtures;

/// <summary>A key that an authority signs tokens with, and by which a test signs those that no authority would.</summary>
internal sealed class SigningKey
{
    private readonly RSA _rsa = RSA.Create(2048);

    public string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The private key as a JSON Web Key.</summary>
    public JsonObject ToJwk()
    {
        var p = _rsa.ExportParameters(includePrivateParameters: true);
        return new JsonObject
        {
            ["kty"] = "RSA",
            ["kid"] = Id,
            ["use"] = "sig",
            ["alg"] = "RS256",
            ["n"] = Text(p.Modulus!),
            ["e"] = Text(p.Exponent!),
            ["d"] = Text(p.D!),
            ["p"] = Text(p.P!),
            ["q"] = Text(p.Q!),
            ["dp"] = Text(p.DP!),
            ["dq"] = Text(p.DQ!),
            ["qi"] = Text(p.InverseQ!),
        };
    }

    /// <summary>The public key in PEM, as one would use it for a secret.</summary>
    public byte[] PublicPem() => Encoding.ASCII.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem() + "\n");

    /// <summary>Signs a token with this key.</summary>
    public string Sign(JsonObject header, JsonObject claims)
    {
        var signed = Unsigned(header, claims);
        return $"{signed}.{Text(_rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    /// <summary>The first two parts of a token.</summary>
    public static string Unsigned(JsonObject header, JsonObject claims) =>
        $"{Text(JsonSerializer.SerializeToUtf8Bytes(header))}.{Text(JsonSerializer.SerializeToUtf8Bytes(claims))}";

    public static string Text(byte[] bytes) => WebEncoders.Base64UrlEncode(bytes);
}
