"""Tiny models with random weights: the folders that the real loaders read, built in a blink."""

import json
from pathlib import Path

TEXTS = (
    "I love my bank, the service is great and the app is easy.",
    "My card was declined and nobody helps, this is terrible.",
    "A mortgage for a new house, savings for retirement, flights to Portugal.",
)
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,!?'"


def wordpiece(folder: Path) -> int:
    """A BERT tokenizer of single letters and a few words; returns the size of its vocabulary."""
    from transformers import BertTokenizerFast

    words = sorted({word.strip(".,").lower() for text in TEXTS for word in text.split()})
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = [*marks, *LETTERS, *(f"##{x}" for x in LETTERS), *words]
    tokens = dict.fromkeys(vocabulary)
    tokenizer = BertTokenizerFast(
        vocab={token: i for i, token in enumerate(tokens)}, model_max_length=64
    )
    tokenizer.save_pretrained(folder)
    return len(tokens)


def _bert_sizes(n_tokens: int) -> dict[str, int]:
    return {
        "vocab_size": n_tokens,
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": 64,
    }


def sentence_encoder(folder: Path) -> Path:
    """Like all-MiniLM-L6-v2, 16 numbers per vector."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    BertModel(BertConfig(**_bert_sizes(wordpiece(folder)))).save_pretrained(folder)
    (folder / "1_Pooling").mkdir()
    kinds = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    modules = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(kinds)
    ]
    pooling = {"word_embedding_dimension": 16, "pooling_mode_mean_tokens": True}
    limits = {"max_seq_length": 64, "do_lower_case": False}
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    (folder / "sentence_bert_config.json").write_text(json.dumps(limits))
    return folder


def distilbert_sst2(folder: Path) -> Path:
    """Like distilbert-base-uncased-finetuned-sst-2-english: NEGATIVE and POSITIVE."""
    import torch
    from transformers import DistilBertConfig, DistilBertForSequenceClassification

    torch.manual_seed(0)
    config = DistilBertConfig(
        vocab_size=wordpiece(folder),
        dim=16,
        n_layers=1,
        n_heads=2,
        hidden_dim=32,
        max_position_embeddings=64,
        id2label={0: "NEGATIVE", 1: "POSITIVE"},
        label2id={"NEGATIVE": 0, "POSITIVE": 1},
    )
    DistilBertForSequenceClassification(config).save_pretrained(folder)
    return folder


def bert_classifier(folder: Path, labels: tuple[str, ...]) -> Path:
    """Like ProsusAI/finbert with the labels positive, negative and neutral."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(0)
    config = BertConfig(
        **_bert_sizes(wordpiece(folder)),
        id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def _byte_level(folder: Path) -> int:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    byte_level = pre_tokenizers.ByteLevel
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = byte_level(add_prefix_space=False)
    marks = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        initial_alphabet=byte_level.alphabet(),
        special_tokens=marks,
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        cls_token="<s>",
        sep_token="</s>",
        mask_token="<mask>",
        model_max_length=128,
    )
    fast.save_pretrained(folder)
    return len(fast)


def bart_mnli(folder: Path) -> Path:
    """Like facebook/bart-large-mnli; </s> comes last because BART pools on it."""
    import torch
    from transformers import BartConfig, BartForSequenceClassification

    torch.manual_seed(0)
    config = BartConfig(
        vocab_size=_byte_level(folder),
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=130,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
        forced_eos_token_id=2,
        id2label={0: "contradiction", 1: "neutral", 2: "entailment"},
        label2id={"contradiction": 0, "neutral": 1, "entailment": 2},
    )
    BartForSequenceClassification(config).save_pretrained(folder)
    return folder


def spacy_tagger(folder: Path) -> Path:
    """Like en_core_web_sm: a pipeline that knows parts of speech, here of six words by rule."""
    import spacy

    language = spacy.blank("en")
    ruler = language.add_pipe("attribute_ruler")
    parts = {
        "VERB": ["loving", "booked"],
        "NOUN": ["investment", "plan", "flights"],
        "ADJ": ["new"],
    }
    for part, words in parts.items():
        ruler.add(patterns=[[{"LOWER": word}] for word in words], attrs={"POS": part})
    language.to_disk(folder)
    return folder


def opt(folder: Path) -> Path:
    """Like facebook/opt-125m: it goes on with a text, here at random."""
    import torch
    from transformers import OPTConfig, OPTForCausalLM

    torch.manual_seed(0)
    config = OPTConfig(
        vocab_size=_byte_level(folder),
        hidden_size=16,
        word_embed_proj_dim=16,
        ffn_dim=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=640,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
    )
    OPTForCausalLM(config).save_pretrained(folder)
    return folder
