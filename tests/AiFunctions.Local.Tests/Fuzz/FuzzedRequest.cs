namespace AiFunctions.Local.Tests.Fuzz;

/// <summary>What is written to a connection as a request.</summary>
/// <param name="Bytes">The bytes.</param>
/// <param name="IsWhole">Whether they are all that they announce, so that nobody would wait for more.</param>
internal sealed record FuzzedRequest(byte[] Bytes, bool IsWhole);
