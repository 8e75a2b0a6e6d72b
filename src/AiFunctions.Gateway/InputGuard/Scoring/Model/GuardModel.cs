using System.Buffers.Binary;

namespace AiFunctions.Gateway.InputGuard.Scoring.Model;

/// <summary>The trained model: a letter model, and a classifier for each source of text.</summary>
internal sealed class GuardModel
{
    private const uint Magic = 0x31474941; // "AIG1"

    /// <summary>A model.</summary>
    /// <param name="letters">The letter model.</param>
    /// <param name="user">The classifier for what users write.</param>
    /// <param name="document">The classifier for documents and tool results.</param>
    public GuardModel(LetterModel letters, SourceClassifier user, SourceClassifier document)
    {
        Letters = letters;
        User = user;
        Document = document;
    }

    /// <summary>The letter model.</summary>
    public LetterModel Letters { get; }

    /// <summary>The classifier for what users write.</summary>
    public SourceClassifier User { get; }

    /// <summary>The classifier for documents and tool results.</summary>
    public SourceClassifier Document { get; }

    /// <summary>The classifier for a source.</summary>
    public SourceClassifier For(TextSource source) => source == TextSource.User ? User : Document;

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is no model of this version.</exception>
    public static GuardModel Read(Stream stream)
    {
        try
        {
            using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
            if (reader.ReadUInt32() != Magic)
            {
                throw new InvalidDataException("The stream holds no model of this version.");
            }

            var letters = new LetterModel(ReadExactly(reader, LetterModel.Size));
            return new GuardModel(letters, SourceClassifier.Read(reader), SourceClassifier.Read(reader));
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException("The model is cut off.");
        }
    }

    /// <summary>Writes the model.</summary>
    public void Save(Stream stream)
    {
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(Letters.Costs);
        User.Write(writer);
        Document.Write(writer);
    }

    internal static byte[] ReadExactly(BinaryReader reader, int count)
    {
        var bytes = new byte[count];
        reader.BaseStream.ReadExactly(bytes);
        return bytes;
    }
}
