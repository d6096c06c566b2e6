//! A page's content stream to glyphs with their places, in the order in which they are drawn.

use std::collections::HashMap;
use std::rc::Rc;

use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::{Dict, Name, Number, Object, ObjectIdentifier, Stream};
use hayro_syntax::page::{Page, Resources};

use super::font::Font;

/// Forms within forms.
const DEEPEST_FORM: usize = 8;

/// Forms drawn on a page; more is an attack.
const MOST_FORMS: usize = 2_000;

/// Glyphs on a page; more is an attack.
const MOST_GLYPHS: usize = 400_000;

/// A drawn character; places are in points from the upper left corner, y downwards.
#[derive(Clone, Debug)]
pub(super) struct Glyph {
    /// Its text; none when the font does not say.
    pub(super) text: Option<String>,
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) size: f32,
    /// Drawn as page furniture, by the document's own word.
    pub(super) is_artifact: bool,
}

/// Fonts of the document that were already read.
pub(super) type Fonts = HashMap<ObjectIdentifier, Rc<Font>>;

/// The glyphs of `page`.
pub(super) fn glyphs(page: &Page<'_>, fonts: &mut Fonts) -> Vec<Glyph> {
    let base = Matrix(page.initial_transform(true).as_coeffs().map(|number| number as f32));
    let mut painter = Painter { glyphs: Vec::new(), fonts, forms: 0, artifacts: Vec::new() };
    painter.run(page.typed_operations(), page.resources(), base, 0);
    painter.glyphs
}

/// An affine transform as PDF writes it.
#[derive(Clone, Copy, Debug)]
struct Matrix([f32; 6]);

impl Matrix {
    const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    fn read(numbers: [Number; 6]) -> Self {
        Self(numbers.map(|number| number.as_f32()))
    }

    fn shift(x: f32, y: f32) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// First `self`, then `next`.
    #[expect(clippy::many_single_char_names, reason = "the standard's names of a matrix's numbers")]
    fn then(self, next: Self) -> Self {
        let [a, b, c, d, e, f] = self.0;
        let [na, nb, nc, nd, ne, nf] = next.0;
        Self([
            a * na + b * nc,
            a * nb + b * nd,
            c * na + d * nc,
            c * nb + d * nd,
            e * na + f * nc + ne,
            e * nb + f * nd + nf,
        ])
    }
}

#[derive(Clone)]
struct State {
    matrix: Matrix,
    font: Option<Rc<Font>>,
    size: f32,
    character_spacing: f32,
    word_spacing: f32,
    scaling: f32,
    leading: f32,
    rise: f32,
}

struct Painter<'f> {
    glyphs: Vec<Glyph>,
    fonts: &'f mut Fonts,
    forms: usize,
    /// Open marked contents, and whether each is page furniture.
    artifacts: Vec<bool>,
}

impl Painter<'_> {
    fn run(&mut self, mut operations: TypedIter<'_>, resources: &Resources<'_>, base: Matrix, depth: usize) {
        let mut text = TextPlace { line: Matrix::IDENTITY, glyph: Matrix::IDENTITY };
        let mut state = State {
            matrix: base,
            font: None,
            size: 0.0,
            character_spacing: 0.0,
            word_spacing: 0.0,
            scaling: 1.0,
            leading: 0.0,
            rise: 0.0,
        };
        let mut saved: Vec<State> = Vec::new();
        while let Some(operation) = operations.next() {
            if self.glyphs.len() > MOST_GLYPHS {
                return;
            }
            match &operation {
                TypedInstruction::SaveState(_) if saved.len() < 512 => saved.push(state.clone()),
                TypedInstruction::RestoreState(_) => state = saved.pop().unwrap_or(state),
                TypedInstruction::Transform(t) => {
                    state.matrix = Matrix::read([t.0, t.1, t.2, t.3, t.4, t.5]).then(state.matrix);
                }
                TypedInstruction::TextFont(font) => {
                    state.font = self.font(resources, font.0);
                    state.size = font.1.as_f32();
                }
                TypedInstruction::XObject(name) if depth < DEEPEST_FORM => {
                    self.form(resources, name.0, &state, depth);
                }
                other => {
                    if !self.marked_content(other, resources) && !set_state(other, &mut state) {
                        self.show(other, &mut state, &mut text);
                    }
                }
            }
        }
    }

    fn font(&mut self, resources: &Resources<'_>, name: &Name<'_>) -> Option<Rc<Font>> {
        let dict = resources.get_font(name)?;
        let Some(id) = dict.obj_id() else { return Some(Rc::new(Font::read(&dict))) };
        let font = self.fonts.entry(id).or_insert_with(|| Rc::new(Font::read(&dict)));
        Some(Rc::clone(font))
    }

    fn form(&mut self, resources: &Resources<'_>, name: &Name<'_>, state: &State, depth: usize) {
        let Some(form) = resources.get_x_object(name) else { return };
        let is_form = form.dict().get::<Name<'_>>("Subtype").is_some_and(|kind| &*kind == b"Form");
        self.forms += 1;
        if !is_form || self.forms > MOST_FORMS {
            return;
        }
        let Ok(content) = form.decoded_data() else { return };
        let matrix = form_matrix(&form).then(state.matrix);
        match form.dict().get::<Dict<'_>>("Resources") {
            Some(own) => self.run(TypedIter::new(&content), &Resources::new(own), matrix, depth + 1),
            None => self.run(TypedIter::new(&content), resources, matrix, depth + 1),
        }
    }

    fn marked_content(&mut self, operation: &TypedInstruction<'_, '_>, resources: &Resources<'_>) -> bool {
        match operation {
            TypedInstruction::BeginMarkedContent(tag) => self.artifacts.push(&**tag.0 == b"Artifact"),
            TypedInstruction::BeginMarkedContentWithProperties(tag) => {
                let is_pagination = match tag.1 {
                    Object::Dict(properties) => is_pagination(properties),
                    Object::Name(name) => resources
                        .properties
                        .get::<Dict<'_>>(name)
                        .is_some_and(|properties| is_pagination(&properties)),
                    _ => false,
                };
                self.artifacts.push(&**tag.0 == b"Artifact" && is_pagination);
            }
            TypedInstruction::EndMarkedContent(_) => {
                self.artifacts.pop();
            }
            _ => return false,
        }
        true
    }

    fn show(&mut self, operation: &TypedInstruction<'_, '_>, state: &mut State, text: &mut TextPlace) {
        match operation {
            TypedInstruction::BeginText(_) => {
                *text = TextPlace { line: Matrix::IDENTITY, glyph: Matrix::IDENTITY }
            }
            TypedInstruction::NextLine(by) => text.next_line(by.0.as_f32(), by.1.as_f32()),
            TypedInstruction::NextLineAndSetLeading(by) => {
                state.leading = -by.1.as_f32();
                text.next_line(by.0.as_f32(), by.1.as_f32());
            }
            TypedInstruction::SetTextMatrix(t) => {
                text.line = Matrix::read([t.0, t.1, t.2, t.3, t.4, t.5]);
                text.glyph = text.line;
            }
            TypedInstruction::NextLineUsingLeading(_) => text.next_line(0.0, -state.leading),
            TypedInstruction::ShowText(string) => self.string(string.0.as_bytes(), state, text),
            TypedInstruction::NextLineAndShowText(string) => {
                text.next_line(0.0, -state.leading);
                self.string(string.0.as_bytes(), state, text);
            }
            TypedInstruction::ShowTextWithParameters(string) => {
                state.word_spacing = string.0.as_f32();
                state.character_spacing = string.1.as_f32();
                text.next_line(0.0, -state.leading);
                self.string(string.2.as_bytes(), state, text);
            }
            TypedInstruction::ShowTexts(parts) => {
                for part in parts.0.iter::<Object<'_>>() {
                    match part {
                        Object::String(string) => self.string(string.as_bytes(), state, text),
                        Object::Number(back) => {
                            text.advance(-back.as_f32() / 1_000.0 * state.size * state.scaling);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn string(&mut self, string: &[u8], state: &State, text: &mut TextPlace) {
        let Some(font) = &state.font else { return };
        for shown in font.show(string) {
            let spacing = state.character_spacing + if shown.is_space { state.word_spacing } else { 0.0 };
            let advance = (shown.width * state.size + spacing) * state.scaling;
            let to_page = Matrix::shift(0.0, state.rise).then(text.glyph).then(state.matrix);
            let [scale, turn, _, height, x, y] = to_page.0;
            // Turned text is a watermark or a stamp.
            if turn.abs() <= 0.2 * scale.abs() && scale != 0.0 {
                let size = (height.abs() * state.size.abs()).max(0.1);
                let width = scale * shown.width * state.size * state.scaling;
                let is_artifact = self.artifacts.contains(&true);
                self.glyphs.push(Glyph { text: shown.text, x, y, width, size, is_artifact });
            }
            text.advance(advance);
        }
    }
}

/// Where the line began and where the next glyph goes.
struct TextPlace {
    line: Matrix,
    glyph: Matrix,
}

impl TextPlace {
    fn next_line(&mut self, x: f32, y: f32) {
        self.line = Matrix::shift(x, y).then(self.line);
        self.glyph = self.line;
    }

    fn advance(&mut self, by: f32) {
        self.glyph = Matrix::shift(by, 0.0).then(self.glyph);
    }
}

fn set_state(operation: &TypedInstruction<'_, '_>, state: &mut State) -> bool {
    match operation {
        TypedInstruction::CharacterSpacing(value) => state.character_spacing = value.0.as_f32(),
        TypedInstruction::WordSpacing(value) => state.word_spacing = value.0.as_f32(),
        TypedInstruction::HorizontalScaling(value) => state.scaling = value.0.as_f32() / 100.0,
        TypedInstruction::TextLeading(value) => state.leading = value.0.as_f32(),
        TypedInstruction::TextRise(value) => state.rise = value.0.as_f32(),
        _ => return false,
    }
    true
}

/// Headers, footers and page numbers, as Word and WPS mark them.
fn is_pagination(properties: &Dict<'_>) -> bool {
    properties.get::<Name<'_>>("Type").is_some_and(|kind| &*kind == b"Pagination")
}

fn form_matrix(form: &Stream<'_>) -> Matrix {
    let numbers: Vec<f32> = form
        .dict()
        .get::<hayro_syntax::object::Array<'_>>("Matrix")
        .map(|matrix| matrix.iter::<f32>().collect())
        .unwrap_or_default();
    <[f32; 6]>::try_from(numbers).map_or(Matrix::IDENTITY, Matrix)
}
